import type { Refusal } from '../ast.ts';
import { Refused } from '../errors.ts';
import { entry } from '../load/attributes.ts';
import { Collection } from '../load/collection.ts';
import type { RuleSource } from '../load/load-rules.ts';
import { Source } from '../load/source.ts';
import { parseYaml, type YamlMap } from '../load/yaml.ts';
import type { Check } from './check.ts';
import { checkCondition } from './check-condition.ts';
import { checkLogsource } from './check-logsource.ts';
import { checkMetadata } from './check-metadata.ts';
import { checkSelections } from './check-selections.ts';

const CHECKS: readonly Check[] = [checkMetadata, checkLogsource, checkSelections, checkCondition];

export interface LintOptions {
  /** names of placeholders that will have values when the rules are loaded */
  readonly placeholders?: readonly string[];
}

/**
 * Says what could be better in a rule file that loads: all warnings, in the order of the file. What keeps a document
 * from running, and the warnings that concern how it runs, come from `loadRules`; a file that isn't YAML gives none
 * here.
 */
export function lint(source: RuleSource, options: LintOptions = {}): Refusal[] {
  const text = source.text.charCodeAt(0) === 0xfeff ? source.text.slice(1) : source.text;
  const file = new Source(source.file, text);
  const placeholders = new Set(options.placeholders);
  const found: Refusal[] = [];
  for (const map of mapsOf(text)) {
    const kind = kindOf(map);
    if (kind === undefined) continue;
    const title = entry(map, 'title')?.value;
    const rule = title?.kind === 'scalar' ? title.text : undefined;
    const report: Parameters<Check>[0]['report'] = (code, at, message, mend) => {
      found.push(file.issue('warning', code, at, message, mend, rule));
    };
    for (const check of CHECKS) check({ map, kind, placeholders, report });
  }
  return found.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** The documents as they are read, shared attributes joined in; ones that the loader refuses are left to it. */
function mapsOf(text: string): YamlMap[] {
  const collection = new Collection();
  try {
    return parseYaml(text).flatMap((node) => {
      const document = node === null ? undefined : collection.take(node);
      return document?.kind === 'map' ? [document] : [];
    });
  } catch (error) {
    if (error instanceof Refused) return [];
    throw error;
  }
}

function kindOf(map: YamlMap): 'rule' | 'correlation' | 'filter' | undefined {
  if (entry(map, 'correlation') !== undefined) return 'correlation';
  if (entry(map, 'filter') !== undefined) return 'filter';
  return entry(map, 'detection') === undefined ? undefined : 'rule';
}
