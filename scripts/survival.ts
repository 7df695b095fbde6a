// `node scripts/survival.ts TRIAL [NUMBER]`: what the whole service must survive, tried for real. Prints a line of JSON and a table; exit code 1 where it
// did not go as it must. Trials are in scripts/survival/, what they showed is in docs/survival.md.
import { clockBack } from './survival/clock-back.ts';
import { diskFull } from './survival/disk-full.ts';
import { gone } from './survival/gone.ts';
import { hostileClients } from './survival/hostile-clients.ts';
import { journalKill } from './survival/journal-kill.ts';
import { kills } from './survival/kills.ts';
import { type Result, table } from './survival/result.ts';
import { twoServices } from './survival/two-services.ts';

const say = (line: string) => console.log(line);
const trials: Readonly<Record<string, (number: number) => Promise<Result>>> = {
  kills: (number) => kills(number || 50, { say }),
  'journal-kill': (number) => journalKill(number || 5, say),
  'disk-full': (seconds) => diskFull(seconds || 60, say),
  'clock-back': (seconds) => clockBack(seconds || 20, say),
  'hostile-clients': (seconds) => hostileClients(seconds || 60, say, process.argv[4]),
  'two-services': () => twoServices(say),
  'postgres-gone': (minutes) => gone('postgres', 'ended', minutes || 5, say),
  'postgres-hangs': (minutes) => gone('postgres', 'hangs', minutes || 5, say),
  'clickhouse-gone': (minutes) => gone('clickhouse', 'ended', minutes || 5, say),
  'clickhouse-hangs': (minutes) => gone('clickhouse', 'hangs', minutes || 5, say),
  'chdb-gone': (minutes) => gone('chdb', 'ended', minutes || 5, say),
  'chdb-hangs': (minutes) => gone('chdb', 'hangs', minutes || 5, say),
};

const [name = '', number = '0'] = process.argv.slice(2);
const trial = trials[name];
if (trial === undefined) {
  console.error(`usage: node scripts/survival.ts ${Object.keys(trials).join('|')} [NUMBER]`);
  process.exit(3);
}
const begun = Date.now();
const result = await trial(Number(number));
console.log(JSON.stringify({ ...result, seconds: Math.round((Date.now() - begun) / 1000) }));
console.log(table(result));
process.exitCode = result.passed ? 0 : 1;
