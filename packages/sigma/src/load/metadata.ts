import { createHash } from 'node:crypto';
import type { Level, Metadata } from '../ast.ts';
import { quote, refuse, suggestion } from '../errors.ts';
import { entry, plain, text, texts } from './attributes.ts';
import type { Context } from './context.ts';
import type { YamlMap } from './yaml.ts';

export const LEVELS: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical'];

/** Attributes that the specification names, in its order. */
export const KNOWN_ATTRIBUTES: readonly string[] = [
  'title',
  'id',
  'name',
  'related',
  'taxonomy',
  'status',
  'description',
  'license',
  'references',
  'author',
  'date',
  'modified',
  'logsource',
  'detection',
  'correlation',
  'filter',
  'fields',
  'falsepositives',
  'level',
  'tags',
  'scope',
];

const READ = new Set(KNOWN_ATTRIBUTES.filter((name) => !['related', 'taxonomy', 'scope'].includes(name)));

/** Reads what every document carries beside its logic. `index` is its place in the file. */
export function readMetadata(map: YamlMap, context: Context, index: number): Metadata {
  const title = text(map, 'title')?.trim();
  const id = text(map, 'id')?.trim();
  const name = text(map, 'name')?.trim();
  context.rule = title || id || name;
  const custom: Record<string, unknown> = Object.create(null);
  for (const { key, value } of map.entries) {
    if (!READ.has(key)) custom[key] = plain(value);
  }
  const { file } = context.source;
  return {
    id: id || substituteId(file, title ?? '', index),
    ...optional('name', name),
    title: title || name || `(untitled, ${file})`,
    ...optional('status', text(map, 'status')?.toLowerCase()),
    level: readLevel(map, context),
    ...optional('description', text(map, 'description')),
    ...optional('author', readAuthor(map)),
    ...optional('date', text(map, 'date')),
    ...optional('modified', text(map, 'modified')),
    ...optional('license', text(map, 'license')),
    references: Object.freeze(texts(map, 'references')),
    tags: Object.freeze(texts(map, 'tags').map((tag) => tag.toLowerCase())),
    falsepositives: Object.freeze(texts(map, 'falsepositives')),
    fields: Object.freeze(texts(map, 'fields')),
    custom: Object.freeze(custom),
    file,
    span: context.source.span(context.at),
  };
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined || value === '' ? {} : ({ [key]: value } as Partial<Record<K, string>>);
}

/** Some authors write a list of names. */
function readAuthor(map: YamlMap): string | undefined {
  const authors = texts(map, 'author');
  return authors.length === 0 ? undefined : authors.join(', ');
}

/** Stable for as long as the file's name, the title and the order in the file are. */
function substituteId(file: string, title: string, index: number): string {
  const hash = createHash('sha256').update(`${file}\0${title}\0${index}`).digest('hex');
  return `unnamed-${hash.slice(0, 16)}`;
}

function readLevel(map: YamlMap, context: Context): Level {
  const written = text(map, 'level');
  if (written === undefined) {
    const message = 'the document states no level; it is taken as `medium`';
    context.warn('level-missing', context.at, message, `add \`level:\` with one of ${LEVELS.join(', ')}`);
    return 'medium';
  }
  const level = LEVELS.find((known) => known === written.toLowerCase());
  if (level !== undefined) return level;
  refuse(
    'level-unknown',
    entry(map, 'level')?.value.at,
    `there is no level ${quote(written)}`,
    `use one of ${LEVELS.join(', ')}.${suggestion(written, LEVELS)}`,
  );
}
