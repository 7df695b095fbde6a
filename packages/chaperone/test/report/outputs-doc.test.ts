import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const require = createRequire(import.meta.url);
const page = fileURLToPath(new URL('../../../../docs/outputs.md', import.meta.url));
const block = /<!-- fields:(.*?)-->\n[\s\S]*?<!-- \/fields -->/g;

interface Schema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** A row a field, in the order of the schema. */
function rows(schema: Schema, root: Schema, path: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, stated]) => {
    const field = resolved(stated, root);
    const inner = field.items === undefined ? field : resolved(field.items, root);
    const own = `${path}${name}${field.items === undefined || field.items.$ref === '#/$defs/level' ? '' : '[]'}`;
    const must = schema.required?.includes(name) === true ? '' : ' (may be absent)';
    const choice = field.enum === undefined ? '' : ` One of ${field.enum.map((each) => `\`${each}\``).join(', ')}.`;
    const said = `${stated.description ?? field.description ?? ''}${choice}`;
    return [
      `| \`${own}\` | ${typeOf(field, root)}${must} | ${said.replaceAll('|', '\\|')} |`,
      ...rows(inner, root, `${own}.`),
    ];
  });
}

function resolved(schema: Schema, root: Schema): Schema {
  return schema.$ref === undefined ? schema : (root.$defs?.[schema.$ref.replace('#/$defs/', '')] ?? schema);
}

function typeOf(schema: Schema, root: Schema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map((each) => typeOf(resolved(each, root), root)).join(' or ');
  const type = [schema.type ?? ''].flat().join(' or ');
  return schema.items === undefined ? type : `array of ${typeOf(resolved(schema.items, root), root)}`;
}

test('docs/outputs.md explains every field of both schemas', () => {
  const text = readFileSync(page, 'utf8');
  const expected = text.replace(block, (_, name: string) => {
    const schema = require(`../../schema/${name.trim()}.schema.json`) as Schema;
    return `<!-- fields:${name}-->\n\n| field | type | meaning |\n|---|---|---|\n${rows(schema, schema, '').join('\n')}\n\n<!-- /fields -->`;
  });
  if (process.env.UPDATE_DOCS === '1') writeFileSync(page, expected);
  expect(readFileSync(page, 'utf8')).toBe(expected);
});
