// Writes the published JSON Schema of chaperone.yaml and the reference part of docs/registry.md from the one schema in the code.
// Run after changing packages/chaperone/src/registry/schema.ts; a test compares.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { registryJsonSchema, registryReference } from '../packages/chaperone/src/registry/index.ts';

const root = new URL('../', import.meta.url);
mkdirSync(new URL('packages/chaperone/schema/', root), { recursive: true });
writeFileSync(
  new URL('packages/chaperone/schema/registry.schema.json', root),
  `${JSON.stringify(registryJsonSchema(), null, 2)}\n`,
);

const page = new URL('docs/registry.md', root);
if (existsSync(page)) {
  const [begin, end] = ['<!-- reference: begin -->', '<!-- reference: end -->'];
  const text = readFileSync(page, 'utf8');
  const [before, after] = [text.indexOf(begin), text.indexOf(end)];
  if (before < 0 || after < before) throw new Error('docs/registry.md has lost the marks around its reference');
  writeFileSync(page, `${text.slice(0, before + begin.length)}\n\n${registryReference()}\n${text.slice(after)}`);
}
