import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { writeEvtx } from '../testkit/index.ts';
import { logon } from './samples.ts';

const root = join(import.meta.dirname, '..');
const blocks = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(
  ([, code]) => code,
);

const folder = mkdtempSync(join(tmpdir(), 'evtx-readme-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'Security.evtx'), writeEvtx([logon(), logon({ data: { TargetUserName: 'dr.berg' } })]));

it('has examples', () => expect(blocks.length).toBe(4));

it.each(blocks.map((code, index) => [index + 1, code] as const))('example %i prints what it says', (index, code) => {
  const at = (path: string) => `'${pathToFileURL(join(root, path)).href}'`;
  const file = join(folder, `${index}.ts`);
  const local = code
    .replaceAll("'@chaperone/evtx'", at('src/index.ts'))
    .replaceAll("'@chaperone/evtx/testkit'", at('testkit/index.ts'));
  writeFileSync(file, local);
  const output = execFileSync(process.execPath, [file], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const expected = [...code.matchAll(/^\/\/ → (.*)$/gm)].map(([, line]) => line);
  expect(output.trimEnd().split('\n')).toEqual(expected);
});
