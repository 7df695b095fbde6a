import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadRules } from '../../src/index.ts';
import { dumpPlan } from '../../src/plan/dump.ts';

const folder = join(import.meta.dirname, 'golden');

/** `*.out` changes with `vitest -u` only. */
describe('the passes of the plan', () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith('.in.yml')))('%s', async (name) => {
    const set = loadRules([{ file: name, text: readFileSync(join(folder, name), 'utf8') }]);
    expect(set.refused).toEqual([]);
    await expect(dumpPlan(set.rules)).toMatchFileSnapshot(join(folder, name.replace('.in.yml', '.out')));
  });
});
