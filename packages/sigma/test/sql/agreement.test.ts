/** A sample of what `scripts/sql-agreement.ts` does in full: SigmaHQ's rules and the corpus, in chDB. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadDirectory } from '../../src/load/load-directory.ts';
import { loadRules } from '../../src/load/load-rules.ts';
import { chdbRuns } from '../../testkit/chdb.ts';
import { CORPUS, corpusEvents, corpusIsThere } from '../../testkit/corpus-events.ts';
import { EventTable } from '../../testkit/event-table.ts';
import { compareSql } from '../../testkit/sql-agreement.ts';

test.skipIf(!corpusIsThere() || !(await chdbRuns()))('SQL selects what the evaluator finds in the corpus', async () => {
  const { sources } = await loadDirectory(join(CORPUS, 'sigma-rules'));
  // every ninth file: all folders have their part
  const { rules } = loadRules(sources.filter((_, index) => index % 9 === 0));
  const events = [...corpusEvents(6)];
  const table = await EventTable.open();
  try {
    await table.insert(events);
    const { disagreements, compared, matches } = await compareSql(table, rules, events);
    expect(
      disagreements.map(({ rule, onlyEvaluator, onlySql }) => ({ rule: rule.file, onlyEvaluator, onlySql })),
    ).toEqual([]);
    expect(compared).toBeGreaterThan(400);
    expect(events.length).toBeGreaterThan(500);
    expect(matches).toBeGreaterThan(50);
  } finally {
    await table.close();
  }
});
