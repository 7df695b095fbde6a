// How fast events are written to the store and found in it: rows of the live engine made from the corpus, written in batches, then multiplied
// inside ClickHouse to many, spread over 30 days.
//
//   npm run bench -- store [EVENTS, 10 million if not given] [COPIES, 1] [FOLDER that is kept and used again]
//
// With COPIES the parts of the table are copied as files and attached, so that many are there sooner; they aren't merged then, for that would
// make one event of equal ones.
//
// The questions are asked of the store as it is after writing, with parts merged as far as it got by itself, three times each: the first answer
// and the fastest one. Every copy has its own id, time, record number, host, account and address; the host is changed inside the raw text too.
import { randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, rmSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { LiveEngine, packIndicators } from '../packages/chaperone/src/detection/index.ts';
import { ChdbClient } from '../packages/chaperone/src/storage/events/chdb-client.ts';
import { databaseOf, INSERTING } from '../packages/chaperone/src/storage/events/schema.ts';
import {
  EventEncoder,
  type EventRow,
  type EventStore,
  openEventStore,
  type RowBatch,
} from '../packages/chaperone/src/storage/index.ts';
import { discover, type EventClass, readText, sniffSource } from '../packages/chaperone/src/telemetry/index.ts';
import { loadDirectory, loadRules, type RuleSet, toClickHouse } from '../packages/sigma/src/index.ts';
import { corpus, machine, scratch, table } from './harness.ts';

const events = Number(process.argv[2] ?? 10_000_000);
const copies = Number(process.argv[3] ?? 1);
const kept = process.argv[4];
const folder = resolve(kept ?? join(scratch, `store-${process.pid}`));
/** Distinct events of the corpus that everything is made of. */
const SEEDS = 150_000;
const MOST_OF_A_FILE = 3_000;
const DAYS = 30;
const DAY = 86_400_000_000;
const BEGIN = 1_780_272_000_000_000;
const [SEED, MANY] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
/** Bytes of disk that must stay free. */
const SPARE = 20e9;

console.log(`${machine()}\n`);
mkdirSync(folder, { recursive: true });
const { sources } = await loadDirectory(join(corpus, 'sigma-rules'));
const rules = loadRules(sources);
const classes = new Map<string, EventClass>();
if (existsSync(join(folder, 'many'))) await readSeeds(async () => {});
else await fill();
if (copies > 1 && !existsSync(join(folder, 'copied'))) await copy(databaseOf(MANY));
await ask();
if (kept === undefined) rmSync(folder, { recursive: true, force: true });

async function fill(): Promise<void> {
  const store = await openEventStore({ folder });
  await store.ensure(SEED);
  const begun = performance.now();
  const rows = await seed(store);
  console.log(
    `${rows} events of the corpus decoded, judged by ${rules.rules.length} rules and stored in ${since(begun)} s\n`,
  );
  await writing(store);
  await store.ensure(MANY);
  await store.close();
  await multiply(rows);
  mkdirSync(join(folder, 'many'));
}

/** Calls with the texts of the corpus's records, in batches of one source. */
async function readSeeds(take: (texts: readonly string[]) => Promise<void>): Promise<void> {
  const folders = ['security-datasets', 'cloudtrail', 'identity-events', 'zeek', 'suricata', 'syslog', 'lanes'];
  let total = 0;
  for await (const source of discover(folders.map((name) => join(corpus, name)))) {
    if ('kind' in source || total >= SEEDS) continue;
    const sniffed = await sniffSource(source);
    if (sniffed.kind !== 'text') continue;
    const stop = new AbortController();
    const texts: string[] = [];
    await readText(
      source,
      sniffed,
      {
        onEvent(event) {
          classes.set(event.class.key, event.class);
          texts.push(event.raw());
          total += 1;
          if (texts.length >= MOST_OF_A_FILE) stop.abort();
        },
        onUnread: () => {},
      },
      { signal: stop.signal },
    );
    await take(texts);
  }
}

async function seed(store: EventStore): Promise<number> {
  const organization = SEED;
  const setup = {
    organization,
    slug: 'bench',
    zone: 'UTC',
    rules,
    registry: undefined,
    indicators: packIndicators([]),
  };
  const engine = new LiveEngine(
    { ...setup, exceptions: [], lateness: 60_000_000 },
    (value) => value,
    (record) => record,
  );
  let rows = 0;
  let number = 0;
  await readSeeds(async (texts) => {
    number += 1;
    const source = { id: uuid(number), name: `source ${number}`, zone: 'UTC', format: undefined, masking: [] };
    const judged = engine.judge({ source, texts, received: BEGIN, salts: texts.map((_, i) => `${number} ${i}`) });
    engine.confirm(judged.number);
    rows += judged.rows.rows;
    await store.insert(organization, judged.rows);
  });
  return rows;
}

/** Rows a second of encoding and of writing, in batches of several sizes, one after the other and four at once. */
async function writing(store: EventStore): Promise<void> {
  type Stored = Omit<EventRow, 'normal' | 'fields' | 'numbers'> & Record<'normal' | 'fields' | 'numbers', object>;
  const read = await store.query<Stored>(
    SEED,
    (tables) => `SELECT * FROM ${tables.events} ORDER BY cityHash64(id) LIMIT 30000`,
  );
  const rows = read.map(({ normal, fields, numbers, ...rest }) => ({
    ...rest,
    time: Number(rest.time),
    received: Number(rest.received),
    normal: Object.entries(normal).flat(),
    fields: Object.entries(fields),
    numbers: Object.entries(numbers),
  })) as EventRow[];
  const encoder = new EventEncoder();
  const out: (string | number)[][] = [];
  for (const size of [1_000, 5_000, 20_000]) {
    const organization = randomUUID();
    await store.ensure(organization);
    let begun = performance.now();
    const batches: RowBatch[] = [];
    for (let at = 0; at < rows.length; at += size) {
      for (const row of rows.slice(at, at + size)) encoder.add(row);
      batches.push(encoder.take());
    }
    const encoding = (performance.now() - begun) / 1000;
    begun = performance.now();
    for (const batch of batches) await store.insert(organization, batch);
    const serial = (performance.now() - begun) / 1000;
    begun = performance.now();
    let next = 0;
    const writer = async () => {
      while (next < batches.length) {
        next += 1;
        await store.insert(organization, batches[next - 1]);
      }
    };
    await Promise.all(Array.from({ length: 4 }, writer));
    const joined = (performance.now() - begun) / 1000;
    out.push([size, ...[encoding, serial, joined].map((seconds) => perSecond(rows.length / seconds))]);
    await store.drop(organization);
  }
  console.log(`${table(['events a batch', 'encoded /s', 'stored /s, one writer', 'stored /s, four writers'], out)}\n`);
}

async function multiply(rows: number): Promise<void> {
  const sql = await ChdbClient.open(folder);
  const [from, to] = [databaseOf(SEED), databaseOf(MANY)];
  // Rules of the seed are kept, its findings not: they would all be the same few.
  const shown =
    'timed, source, kind, format, class_uid, activity, outcome, provider, account, person, host, src_ip, link, attribution_confidence, attribution_by, normal, fields, numbers, raw, rules';
  const begun = performance.now();
  const rounds = Math.max(DAYS, Math.ceil(events / rows / DAYS) * DAYS);
  const share = events / rounds / rows;
  for (let round = 0; round < rounds; round += 1) {
    mustHaveRoom();
    const start = BEGIN + (round % DAYS) * DAY;
    const host = `host-${round}`;
    await sql.command(`INSERT INTO ${to}.events (id, time, received, ${shown}, findings)
      SELECT generateUUIDv4() AS id, ${start} + toInt64(rand(1) % 86400000) * 1000 AS time, time + 1500000 AS received, timed, source, kind, format,
        class_uid, activity, outcome, provider, if(account = '', account, concat(account, toString(rand(2) % 500))) AS account, person,
        concat('${host}-', toString(rand(3) % 40)) AS host,
        if(src_ip = '', src_ip, IPv4NumToString(toUInt32(rand(4) % 100000 + 167772160))) AS src_ip, link, attribution_confidence, attribution_by, normal,
        mapUpdate(fields, map('EventRecordID', [toString(rand(5))])) AS fields, numbers,
        concat(if(e.host = '', e.raw, replaceAll(e.raw, e.host, host)), ' ', hex(rand64(6))) AS raw, rules, if(rand(7) % 500 = 0, [generateUUIDv4()], [])
      FROM ${from}.events AS e ${share < 1 ? `WHERE (cityHash64(e.id) + ${round * 7919}) % 100000 < ${Math.round(share * 100_000)}` : ''}
      SETTINGS max_insert_threads = 2, ${Object.entries(INSERTING)
        .map(([name, value]) => `${name} = ${value}`)
        .join(', ')}`);
  }
  const [{ n }] = await sql.query<{ n: string }>(`SELECT toString(count()) AS n FROM ${to}.events`, {});
  const took = Number(since(begun));
  console.log(`${n} events made in ${took} s (${perSecond(Number(n) / took)} /s by INSERT SELECT)\n`);
  // One event that is there once, for the rare value.
  await sql.command(`INSERT INTO ${to}.events SELECT * REPLACE (generateUUIDv4() AS id, ${BEGIN + 11 * DAY} AS time, ${BEGIN + 11 * DAY} AS received,
    '192.0.2.77' AS src_ip, concat(raw, ' q7zk2vexample.test') AS raw, mapUpdate(fields, map('QueryName', ['q7zk2vexample.test'])) AS fields, [toUUID('${uuid(77)}')] AS findings) FROM ${from}.events LIMIT 1`);
  await merge(sql, to);
  await sql.close();
}

/** Makes each day one part with its filters, as the service's tables do when a day is over. */
async function merge(sql: ChdbClient, database: string): Promise<void> {
  const begun = performance.now();
  const days = await sql.query<{ day: string }>(
    `SELECT DISTINCT partition_id AS day FROM system.parts WHERE active AND database = '${database}' AND table = 'events'`,
    {},
  );
  for (const { day } of days) await sql.command(`OPTIMIZE TABLE ${database}.events PARTITION ID '${day}' FINAL`);
  console.log(`each day merged to one part in ${since(begun)} s\n`);
}

async function copy(database: string): Promise<void> {
  const sql = await ChdbClient.open(folder);
  const begun = performance.now();
  await sql.command(`ALTER TABLE ${database}.events MODIFY SETTING max_bytes_to_merge_at_max_space_in_pool = 1`);
  const parts = await sql.query<{ path: string; partition_id: string }>(
    `SELECT path, partition_id FROM system.parts WHERE active AND database = '${database}' AND table = 'events'`,
    {},
  );
  let block = 1_000;
  for (let round = 1; round < copies; round += 1) {
    mustHaveRoom();
    for (const { path, partition_id } of parts) {
      block += 1;
      const name = `${partition_id}_${block}_${block}_0`;
      cpSync(path, join(dirname(path), 'detached', name), { recursive: true });
      await sql.command(`ALTER TABLE ${database}.events ATTACH PART '${name}'`);
    }
  }
  await sql.close();
  mkdirSync(join(folder, 'copied'));
  console.log(`each of ${parts.length} parts copied ${copies - 1} times in ${since(begun)} s\n`);
}

function mustHaveRoom(): void {
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < SPARE) throw new Error('too little room on the disk; FOLDER on another one may help');
}

async function ask(): Promise<void> {
  const store = await openEventStore({ folder });
  const size = await store.size(MANY);
  const [{ parts, id }] = await store.query<{ parts: string; id: string }>(
    MANY,
    (tables) =>
      `SELECT toString(uniqExact(_part)) AS parts, toString(any(id)) AS id FROM ${tables.events} WHERE findings != []`,
  );
  const sample = await store.query<{ raw: string }>(
    MANY,
    (tables) =>
      `SELECT raw FROM ${tables.events} WHERE received BETWEEN ${BEGIN} AND ${BEGIN + DAY / 10} ORDER BY time LIMIT 1 BY id`,
  );
  const raw = Buffer.from(sample.map((row) => row.raw).join('\n'));
  console.log(
    `${size.rows} events in ${parts} parts: ${(size.bytes / 1e9).toFixed(1)} GB, ${Math.round(size.bytes / size.rows)} bytes each;`,
  );
  console.log(
    `raw alone ${Math.round(raw.length / sample.length)} bytes each, with gzip -6 in the order of time ${Math.round(gzipSync(raw).length / sample.length)}\n`,
  );
  const out: (string | number)[][] = [];
  const time = async (name: string, sql: (events: string) => string, target: number) => {
    const took: number[] = [];
    let answer = '';
    let failed = false;
    for (let i = 0; i < 3 && (i === 0 || took[0] < 60); i += 1) {
      const begun = performance.now();
      try {
        const rows = await store.query<Record<string, unknown>>(
          MANY,
          (tables) => sql(tables.events),
          {},
          { timeout: 300 },
        );
        answer = rows.length === 1 ? Object.values(rows[0]).join(' ').slice(0, 60) : `${rows.length} rows`;
      } catch (error) {
        failed = true;
        answer = String(error).slice(0, 100);
      }
      took.push((performance.now() - begun) / 1000);
    }
    const best = Math.min(...took);
    out.push([
      name,
      took[0].toFixed(2),
      best.toFixed(2),
      target === 0 ? '' : `${target} ${!failed && took[0] <= target ? 'met' : '**not met**'}`,
      answer,
    ]);
    console.error(out.at(-1)?.join(' | '));
  };
  const window = `received >= ${BEGIN + 12 * DAY} AND received < ${BEGIN + 13 * DAY}`;
  const hour = `time >= ${BEGIN + 12 * DAY} AND time < ${BEGIN + 12 * DAY + DAY / 24}`;
  await time('a day counted by kind', (t) => `SELECT kind, count() FROM ${t} WHERE ${window} GROUP BY kind`, 1);
  await time(
    'a day of one host, newest 100 whole',
    (t) => `SELECT * FROM ${t} WHERE ${window} AND host = 'host-12-7' ORDER BY time DESC LIMIT 100`,
    1,
  );
  await time(
    'an hour by event time, counted by account',
    (t) => `SELECT account, count() FROM ${t} WHERE ${hour} GROUP BY account`,
    1,
  );
  await time('one event by id', (t) => `SELECT * FROM ${t} WHERE id = '${id}' LIMIT 1`, 1);
  await time(
    'events of one finding',
    (t) => `SELECT * FROM ${t} WHERE has(findings, toUUID('${uuid(77)}')) LIMIT 100`,
    5,
  );
  await time('a rare address over all', (t) => `SELECT count() FROM ${t} WHERE src_ip = '192.0.2.77'`, 5);
  await time(
    'a rare value of any field over all',
    (t) => `SELECT count() FROM ${t} WHERE has(arrayFlatten(mapValues(fields)), 'q7zk2vexample.test')`,
    5,
  );
  await time('a rare word in raw over all', (t) => `SELECT count() FROM ${t} WHERE hasToken(raw, 'q7zk2vexample')`, 5);
  for (const [title, sql] of sigmaRules(rules)) await time(`rule: ${title}`, (t) => sql.replaceAll('`events`', t), 15);
  console.log(table(['question', 'first, s', 'again, s', 'target, s', 'answer'], out));
  await store.close();
}

/** Rules that name several kinds of events, each over all of them. */
function sigmaRules({ rules: all }: RuleSet): [title: string, sql: string][] {
  const kinds = [...classes].map(([key, { offers }]) => ({ key, offers }));
  const columns = { fields: 'fields', numbers: 'numbers', raw: 'raw', time: 'time', kind: 'kind', shown: ['id'] };
  const titles = [
    'Suspicious Encoded PowerShell Command Line',
    'HackTool - Mimikatz Execution',
    'Suspicious Execution of Powershell with Base64',
    'Mimikatz Use',
    'Suspicious Network Connection Binary No CommandLine',
  ];
  const chosen = titles.flatMap((title) => all.filter((rule) => rule.title === title).slice(0, 1));
  return chosen.flatMap((rule) => {
    const query = toClickHouse(rule, { table: 'events', columns, kinds });
    return 'where' in query
      ? [[rule.title, `SELECT count() FROM \`events\` WHERE ${query.where}`] as [string, string]]
      : [];
  });
}

function uuid(number: number): string {
  return `00000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;
}

function since(begun: number): string {
  return ((performance.now() - begun) / 1000).toFixed(1);
}

function perSecond(rate: number): string {
  return Math.round(rate).toLocaleString('en');
}
