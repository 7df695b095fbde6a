// `node scripts/sql-agreement.ts [EVENTS PER FILE]`: every rule of SigmaHQ as SQL, run in chDB over events of the whole
// corpus, against the evaluator. Prints what differs and `N rules agree, N disagree`; exit 1 where any does.
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readFileSync as readEvtx } from '@chaperone/evtx';
import { loadDirectory, loadRules } from '@chaperone/sigma';
import { CORPUS, corpusEvents, corpusIsThere, flattenWindows } from '../packages/sigma/testkit/corpus-events.ts';
import { EventTable, type StoredEvent } from '../packages/sigma/testkit/event-table.ts';
import { compareSql } from '../packages/sigma/testkit/sql-agreement.ts';

if (!corpusIsThere()) process.exit(0);
const perFile = Number(process.argv[2] ?? 100);
if (!(perFile > 0)) throw new TypeError('the number of events per file must be positive');

const events: StoredEvent[] = [...corpusEvents(perFile)];
const json = events.length;
const samples = join(CORPUS, 'evtx-attack-samples');
for (const name of readdirSync(samples, { recursive: true }) as string[]) {
  if (!name.endsWith('.evtx')) continue;
  let taken = 0;
  readEvtx(join(samples, name), {
    onRecord(cursor) {
      if (taken++ < perFile) events.push({ fields: flattenWindows(cursor.event()), raw: cursor.xml() });
    },
  });
}
console.log(`${events.length} events: ${json} of JSON, ${events.length - json} of EVTX`);

const { sources } = await loadDirectory(join(CORPUS, 'sigma-rules'));
const { rules, refused } = loadRules(sources);
console.log(`${rules.length} rules; ${refused.length} documents refused by the loader`);

const begun = performance.now();
const table = await EventTable.open();
for (let from = 0; from < events.length; from += 5000) await table.insert(events.slice(from, from + 5000));
const result = await compareSql(table, rules, events, (done) => {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${rules.length} rules`);
});
await table.close();

for (const { rule, onlyEvaluator, onlySql } of result.disagreements) {
  console.log(`DIFFERENT ${relative(CORPUS, rule.file)}: ${rule.title}`);
  for (const [who, ids] of [['evaluator', onlyEvaluator] as const, ['SQL', onlySql] as const]) {
    for (const id of ids.slice(0, 3)) console.log(`  only the ${who}: ${events[id].raw?.slice(0, 300)}`);
  }
}
const seconds = ((performance.now() - begun) / 1000).toFixed(0);
const bad = result.disagreements.length;
console.log(
  `${result.compared - bad} rules agree, ${bad} disagree, ${result.refused} refused; ${result.matches} matches; ${seconds} s`,
);
process.exitCode = bad === 0 ? 0 : 1;
