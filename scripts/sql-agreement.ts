// `node scripts/sql-agreement.ts [EVENTS PER FILE [sources]]`: every rule of SigmaHQ as SQL, run in chDB over events of the whole
// corpus, against the evaluator: first every rule on every event as it stands, then decoded events under their log
// sources. Prints what differs and `N rules agree, N disagree`; exit 1 where any does.
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { readFileSync as readEvtx } from '@chaperone/evtx';
import { evaluate, loadDirectory, loadRules, type Node, type Rule, toClickHouse } from '@chaperone/sigma';
import { discover, type LogEvent, readText, sniffSource } from '../packages/chaperone/src/telemetry/index.ts';
import { CORPUS, corpusEvents, corpusIsThere, flattenWindows } from '../packages/sigma/testkit/corpus-events.ts';
import { EventTable, type StoredEvent, TABLE } from '../packages/sigma/testkit/event-table.ts';
import { compareSql, type Disagreement } from '../packages/sigma/testkit/sql-agreement.ts';

if (!corpusIsThere()) process.exit(0);
const perFile = Number(process.argv[2] ?? 100);
if (!(perFile > 0)) throw new TypeError('the number of events per file must be positive');

const { sources } = await loadDirectory(join(CORPUS, 'sigma-rules'));
const { rules, refused } = loadRules(sources);
console.log(`${rules.length} rules; ${refused.length} documents refused by the loader`);
const FIELDS = fieldsOf(rules);
const table = await EventTable.open();

const stored = asTheyStand();
const decoded = await decodedEvents();
let bad = 0;
if (process.argv[3] !== 'sources')
  bad += await report('every rule on every event', stored, (events) => compareSql(table, rules, events, progress));
bad += await report('under log sources', decoded.map(toStored), () => compareUnderSources(decoded));
await table.close();
process.exitCode = bad === 0 ? 0 : 1;

function asTheyStand(): StoredEvent[] {
  const events: StoredEvent[] = [...corpusEvents(perFile)];
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
  return events;
}

async function decodedEvents(): Promise<LogEvent[]> {
  const events: LogEvent[] = [];
  const folders = [
    'security-datasets',
    'identity-events',
    'cloudtrail',
    'zeek',
    'suricata',
    'syslog',
    'sigma-regression',
  ];
  for await (const source of discover(folders.map((folder) => join(CORPUS, folder)))) {
    if ('kind' in source) continue;
    const sniffed = await sniffSource(source);
    if (sniffed.kind !== 'text') continue;
    let taken = 0;
    const stop = new AbortController();
    const onEvent = (event: LogEvent) => {
      if (taken++ < perFile) events.push(event);
      else stop.abort();
    };
    await readText(source, sniffed, { onEvent, onUnread: () => {} }, { signal: stop.signal });
  }
  return events;
}

/** What a store would keep: what the event answers for every field that a rule asks of it, and all values for keywords. */
function toStored(event: LogEvent): StoredEvent {
  const fields: Record<string, unknown> = {};
  for (const offer of event.class.offers) {
    for (const asked of FIELDS) {
      const name = offer.fields?.[asked] ?? asked;
      const value = event.get(name);
      if (value !== undefined) fields[name] = value;
    }
  }
  const values: unknown[] = [];
  event.values((value) => values.push(value));
  return { fields: { ...fields, '': values }, raw: event.raw(), kind: event.class.key };
}

/** The names of all fields that the rules read. */
function fieldsOf(all: readonly Rule[]): Set<string> {
  const names = new Set<string>();
  const walk = (node: Node): void => {
    if (node.kind === 'not') walk(node.of);
    else if (node.kind !== 'item') node.of.forEach(walk);
    else {
      if (node.field !== null) names.add(node.field);
      if (node.test.kind === 'fieldref') names.add(node.test.field);
    }
  };
  for (const rule of all) rule.selections.forEach(walk);
  return names;
}

async function compareUnderSources(events: readonly LogEvent[]) {
  const classes = new Map(events.map((event) => [event.class.key, event.class]));
  const kinds = [...classes].map(([key, { offers }]) => ({ key, offers }));
  const disagreements: Disagreement[] = [];
  let matches = 0;
  const batch = 100;
  for (let from = 0; from < rules.length; from += batch) {
    const part = rules.slice(from, from + batch);
    const queries = part.map((rule) => toClickHouse(rule, { ...TABLE, kinds }));
    const found = await table.select(queries.map((query) => ('where' in query ? query.where : '0')));
    for (const [i, rule] of part.entries()) {
      const expected = events.flatMap((event, id) => (holdsUnderSource(rule, event) ? [id] : []));
      matches += expected.length;
      const onlyEvaluator = expected.filter((id) => !found[i].includes(id));
      const onlySql = found[i].filter((id) => !expected.includes(id));
      if (onlyEvaluator.length + onlySql.length > 0) disagreements.push({ rule, onlyEvaluator, onlySql });
    }
    progress(from + part.length);
  }
  return { compared: rules.length, matches, refused: 0, disagreements };
}

function holdsUnderSource(rule: Rule, event: LogEvent): boolean {
  return event.class.offers.some((offer) => {
    const states = (['product', 'category', 'service'] as const).every((key) => {
      const asked = rule.logsource[key]?.toLowerCase();
      return asked === undefined || asked === offer[key]?.toLowerCase();
    });
    return states && evaluate(rule, event, offer.fields);
  });
}

async function report(
  what: string,
  events: readonly StoredEvent[],
  compare: (events: readonly StoredEvent[]) => ReturnType<typeof compareSql>,
): Promise<number> {
  const begun = performance.now();
  await table.clear();
  for (let from = 0; from < events.length; from += 5000) await table.insert(events.slice(from, from + 5000));
  const result = await compare(events);
  for (const { rule, onlyEvaluator, onlySql } of result.disagreements) {
    console.log(`DIFFERENT ${relative(CORPUS, rule.file)}: ${rule.title}`);
    for (const [who, ids] of [['evaluator', onlyEvaluator] as const, ['SQL', onlySql] as const]) {
      for (const id of ids.slice(0, 3))
        console.log(`  only the ${who}: ${events[id].kind ?? ''} ${JSON.stringify(events[id].raw).slice(0, 300)}`);
    }
  }
  const wrong = result.disagreements.length;
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  const counts = `${result.compared - wrong} rules agree, ${wrong} disagree, ${result.refused} refused`;
  console.log(`${what}: ${events.length} events, ${counts}; ${result.matches} matches; ${seconds} s`);
  return wrong;
}

function progress(done: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${rules.length} rules `);
}
