// `npm run bench -- NAME [ARG ...]`: one benchmark, or the list of them.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const here = import.meta.dirname;
const names = readdirSync(here)
  .filter((file) => file.endsWith('.ts') && !['run.ts', 'harness.ts', 'served.ts', 'live-client.ts'].includes(file))
  .map((file) => file.slice(0, -3));
const name = process.argv[2];
if (name === undefined || !names.includes(name)) {
  console.error(`bench: one of ${names.join(', ')}`);
  process.exit(3);
}
process.argv.splice(1, 2, join(here, `${name}.ts`));
await import(pathToFileURL(join(here, `${name}.ts`)).href);
