import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packLibrary } from './pack.ts';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'chaperone-pack-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the libraries, packed, load as plain JavaScript and carry their types', () => {
  mkdirSync(join(folder, 'node_modules', '@chaperone'), { recursive: true });
  for (const name of ['evtx', 'sigma'] as const) {
    expect(packLibrary(name, join(folder, 'node_modules', '@chaperone', name))).toBeUndefined();
  }
  for (const needed of ['js-yaml', 're2js', '@types', 'undici-types']) {
    symlinkSync(join(root, 'node_modules', needed), join(folder, 'node_modules', needed));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(
    join(folder, 'use.ts'),
    `import { readBuffer, type EvtxSummary } from '@chaperone/evtx';
import { createPlan, loadRules, objectAccess } from '@chaperone/sigma';
const summary: EvtxSummary = readBuffer(new Uint8Array(0), { onRecord() {} });
const text = 'title: t\\nid: 11111111-2222-4333-8444-555555555555\\nlogsource: { product: x }\\ndetection: { s: { A: b }, condition: s }\\nlevel: low\\n';
const { rules } = loadRules([{ file: 'a.yml', text }]);
const found: number = createPlan(rules).view([{ product: 'x' }]).match(objectAccess({ A: 'b' })).length;
console.log(JSON.stringify({ records: summary.records, found }));
`,
  );
  const tsc = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/typescript7/bin/tsc'),
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2024',
      '--types',
      'node',
      'use.ts',
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  expect(tsc.stdout + tsc.stderr).toBe('');
  const ran = spawnSync(process.execPath, ['use.js'], { cwd: folder, encoding: 'utf8' });
  expect(ran.stderr).toBe('');
  expect(JSON.parse(ran.stdout)).toEqual({ records: 0, found: 1 });
});
