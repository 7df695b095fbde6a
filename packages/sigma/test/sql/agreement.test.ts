/** A sample of what `scripts/sql-agreement.ts` does in full: SigmaHQ's rules and the corpus, in chDB. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { loadDirectory } from '../../src/load/load-directory.ts';
import { loadRules } from '../../src/load/load-rules.ts';
import { chdbRuns } from '../../testkit/chdb.ts';
import { CORPUS, corpusEvents, corpusIsThere } from '../../testkit/corpus-events.ts';
import { EventTable } from '../../testkit/event-table.ts';
import { compareSql } from '../../testkit/sql-agreement.ts';

test.skipIf(!corpusIsThere() || !(await chdbRuns()))('SQL selects what the evaluator finds in the corpus', async () => {
  const { sources } = await loadDirectory(join(CORPUS, 'sigma-rules'));
  // rules that have an event of their own in the corpus, and every fifteenth file: all folders have their part
  const cases = new Set(
    (readdirSync(join(CORPUS, 'sigma-regression'), { recursive: true }) as string[]).map((path) => basename(path)),
  );
  const sample = sources.filter(({ file }, index) => cases.has(basename(file, '.yml')) || index % 15 === 0);
  const { rules } = loadRules(sample);
  const events = [...corpusEvents(6)];
  const table = await EventTable.open();
  try {
    await table.insert(events);
    const { disagreements, compared, matches } = await compareSql(table, rules, events);
    expect(
      disagreements.map(({ rule, onlyEvaluator, onlySql }) => ({ rule: rule.file, onlyEvaluator, onlySql })),
    ).toEqual([]);
    expect(compared).toBeGreaterThan(300);
    expect(events.length).toBeGreaterThan(500);
    expect(matches).toBeGreaterThan(100);
  } finally {
    await table.close();
  }
});
