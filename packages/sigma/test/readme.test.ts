import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code);

const folder = mkdtempSync(join(tmpdir(), 'sigma-readme-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('has examples', () => expect(blocks.length).toBe(3));

it.each(blocks.map((code, index) => [index + 1, code] as const))('example %i prints what it says', (index, code) => {
  const file = join(folder, `${index}.ts`);
  const entry = pathToFileURL(join(root, 'src/index.ts')).href;
  writeFileSync(file, code.replaceAll("'@chaperone/sigma'", `'${entry}'`));
  const output = execFileSync(process.execPath, [file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const expected = [...code.matchAll(/^\/\/ → (.*)$/gm)].map(([, line]) => line);
  expect(output.trimEnd().split('\n')).toEqual(expected);
});
