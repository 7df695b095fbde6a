import { z } from 'zod';
import { configSchema } from './config-schema.ts';

interface Shape {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Shape[];
  readonly oneOf?: readonly Shape[];
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** The table of all settings in docs/service.md, made of the schema that reads them; a test compares. */
export function configReference(): string {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }) as Shape;
  const rows: string[] = [];
  list(schema, '', rows);
  return ['| setting | takes | default | |', '|---|---|---|---|', ...rows].join('\n');
}

function list(shape: Shape, path: string, rows: string[]): void {
  for (const [name, inner] of Object.entries(shape.properties ?? {})) {
    const full = path === '' ? name : `${path}.${name}`;
    const group = inner.properties !== undefined && inner.default === undefined;
    const fallback = inner.default === undefined || typeof inner.default === 'object' ? '' : `\`${inner.default}\``;
    if (!group || inner.description !== undefined)
      rows.push(`| \`${full}\` | ${group ? '' : takes(inner)} | ${fallback} | ${inner.description ?? ''} |`);
    if (inner.properties !== undefined) list(inner, full, rows);
    const each =
      inner.items?.properties !== undefined ? [inner.items] : (inner.items?.anyOf ?? inner.items?.oneOf ?? []);
    const seen = new Set<string>();
    for (const one of each) {
      const properties = Object.entries(one.properties ?? {}).filter(([key]) => !seen.has(key));
      for (const [key] of properties) seen.add(key);
      list({ properties: Object.fromEntries(properties) }, `${full}[]`, rows);
    }
  }
}

function takes({ type, enum: words, const: only, anyOf, oneOf, items, minimum, maximum }: Shape): string {
  if (only !== undefined) return `\`${only}\``;
  if (words !== undefined) return words.map((word) => `\`${word}\``).join(', ');
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return [...new Set(choices.map(takes))].join(' or ');
  if (type === 'array')
    return items?.properties === undefined && items?.anyOf === undefined ? `list of ${takes(items ?? {})}` : 'list';
  if (type === 'integer' || type === 'number')
    return minimum !== undefined && maximum !== undefined && maximum < 1e9 ? `${minimum} to ${maximum}` : 'number';
  if (type === 'boolean') return '`true`, `false`';
  if (type === 'object') return 'settings';
  return 'text';
}
