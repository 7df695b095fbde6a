import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSample, sampleRegistry } from '../../../../../content/sample/index.ts';
import { type SampleRecord, sampleRecords } from '../../../../../content/sample/sample-records.ts';
import { run } from '../../../src/cli/run.ts';
import { recountFindings } from '../../../src/detection/index.ts';
import type { EventStore, OpenStateStore } from '../../../src/storage/index.ts';
import { memoryIo } from '../../../testkit/memory-io.ts';
import { recordBatch } from '../../../testkit/record-batch.ts';
import { testEvents } from '../../../testkit/storage/test-events.ts';
import { type TestState, testState } from '../../../testkit/storage/test-state.ts';
import { type TestIntake, testIntake } from '../../../testkit/test-intake.ts';

let server: TestState;
let state: OpenStateStore;
let events: EventStore;
let closeEvents: () => Promise<void>;
const folder = mkdtempSync(join(tmpdir(), 'chaperone-intake-'));
const now = () => Date.now() * 1000;

beforeAll(async () => {
  server = await testState();
  ({ store: state } = await server.fresh());
  ({ store: events, close: closeEvents } = await testEvents());
});
afterAll(async () => {
  await closeEvents?.();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function send(to: TestIntake, source: string, texts: readonly string[]) {
  return to.intake.accept({
    organization: to.organization,
    source,
    records: recordBatch(texts),
    received: now(),
    delivery: 'acknowledged',
    listener: 'test',
  });
}

const findings = (of: TestIntake) =>
  state.within(of.organization, (tx) => tx.selectFrom('finding').selectAll().orderBy('id').execute());
const refs = (of: TestIntake) =>
  state.within(of.organization, (tx) => tx.selectFrom('finding_event').selectAll().execute());

async function ship(to: TestIntake, records: readonly SampleRecord[], size: number): Promise<void> {
  const ids = new Map<string, string>();
  for (const name of new Set(records.map(({ shipper }) => shipper))) ids.set(name, await to.source(name));
  for (let from = 0; from < records.length; from += size) {
    const part = records.slice(from, from + size);
    for (const [name, id] of ids) {
      const texts = part.filter(({ shipper }) => shipper === name).map(({ text }) => text);
      if (texts.length > 0) await send(to, id, texts);
    }
  }
  await to.intake.settle();
}

test('the sample intrusion, sent record by record, gives what the scan of the same case gives', async () => {
  const logs = join(folder, 'logs');
  const { registry } = await makeSample(logs);
  const io = memoryIo({ cwd: folder });
  await run(['scan', logs, '--registry', registry, '--out', 'report', '--no-report', '--quiet'], io);
  const scanned: { rule: { id: string }; detector: string; account: string | null; provider: string | null }[] =
    readFileSync(join(folder, 'report', 'findings.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const live = await testIntake(state, events, { registry: { text: sampleRegistry(), version: 1 } });
  await ship(live, sampleRecords(), 40);
  const stored = await findings(live);
  const key = (rule: string, detector: string, account: string | null, provider: string | null) =>
    [detector, rule, account, provider].join(' | ');
  // The sample's own logs name no indicators of a feed; those of Cloud Hopper are the scan's alone here.
  const expected = new Set(
    scanned
      .filter(({ detector }) => detector !== 'indicator')
      .map((one) => key(one.rule.id, one.detector, one.account, one.provider)),
  );
  const found = new Set(stored.map((one) => key(one.rule_id, one.detector, one.account, one.provider)));
  expect([...found].sort()).toEqual([...expected].sort());
  expect(stored.some(({ detector }) => detector === 'term')).toBe(true);
  expect(stored.some(({ detector }) => detector === 'correlation')).toBe(true);
  expect(live.faults).toEqual([]);
  for (const one of stored) expect(one.registry_version).toBe(1);
  await live.intake.close();
}, 120_000);

test('the same deliveries again change nothing: no event and no finding twice', async () => {
  const live = await testIntake(state, events);
  const source = await live.source('windows');
  const texts = sampleRecords()
    .filter(({ shipper }) => shipper === 'windows')
    .map(({ text }) => text);
  for (let i = 0; i < 3; i += 1) {
    await send(live, source, texts);
    await live.intake.settle();
  }
  const stored = await findings(live);
  const named = await refs(live);
  expect(stored.length).toBeGreaterThan(5);
  for (const { id, count } of stored)
    expect([id, count]).toEqual([id, named.filter(({ finding_id }) => finding_id === id).length]);
  const [{ n }] = await events.query<{ n: string }>(
    live.organization,
    (t) => `SELECT toString(uniqExact(id)) AS n FROM ${t.events}`,
  );
  expect(Number(n)).toBe(texts.length);
  const byStore = await events.query<{ finding: string; n: string }>(
    live.organization,
    (t) => `SELECT arrayJoin(findings) AS finding, toString(uniqExact(id)) AS n FROM ${t.events} GROUP BY finding`,
  );
  const rules = stored.filter(({ detector }) => detector === 'rule');
  expect(byStore.map(({ finding, n }) => [finding, Number(n)]).sort()).toEqual(
    rules.map(({ id, count }) => [id, count]).sort(),
  );
  await live.intake.close();
}, 60_000);

test('a record that nobody can read is kept as it is and told with the line', async () => {
  const live = await testIntake(state, events);
  const source = await live.source('odd');
  const receipt = await send(live, source, ['{"a":', 'no log that anybody knows', sampleRecords()[0].text, '']);
  expect(receipt).toMatchObject({
    stored: 4,
    misread: [
      { index: 0, code: 'json_invalid' },
      { index: 1, code: 'record_unrecognised' },
    ],
  });
  await live.intake.settle();
  const rows = await events.query<{ raw: string; kind: string }>(
    live.organization,
    (t) => `SELECT raw, kind FROM ${t.events} ORDER BY raw`,
  );
  expect(rows.filter(({ kind }) => kind === 'unread').map(({ raw }) => raw)).toEqual([
    '',
    'no log that anybody knows',
    '{"a":',
  ]);
  const problems = await state.within(live.organization, (tx) =>
    tx.selectFrom('source_problem').selectAll().orderBy('code').execute(),
  );
  expect(problems.map(({ code, line, count }) => [code, line, count])).toEqual([
    ['json_invalid', '{"a":', 1],
    ['record_unrecognised', 'no log that anybody knows', 1],
  ]);
  const [health] = await state.within(live.organization, (tx) => tx.selectFrom('source_health').selectAll().execute());
  expect(health).toMatchObject({ events: 4, unread: 2, state: 'healthy' });
  await live.intake.close();
});

test('what an exception names is held back and counted, from the next event on', async () => {
  const live = await testIntake(state, events);
  const source = await live.source('windows');
  const texts = sampleRecords()
    .filter(({ shipper }) => shipper === 'windows')
    .map(({ text }) => text);
  const half = 200;
  await send(live, source, texts.slice(0, half));
  const id = randomUUID();
  await state.within(live.organization, (tx) =>
    tx
      .insertInto('exception')
      .values({
        id,
        organization_id: live.organization,
        detector: 'rule',
        fields: '[]',
        owner: 'x',
        reason: 'y',
        ends_at: new Date(Date.now() + 1e9),
      })
      .execute(),
  );
  live.except([
    {
      id,
      detector: 'rule',
      rule_id: null,
      provider: null,
      account: null,
      host: null,
      src_ip: null,
      fields: [],
      ends: (Date.now() + 1e9) * 1000,
    },
  ]);
  const before = await findings(live);
  await send(live, source, texts.slice(half));
  const after = (await findings(live)).filter(({ id: one }) => !before.some(({ id: old }) => old === one));
  expect(after.length).toBeGreaterThan(3);
  for (const { exception_id } of after.filter(({ detector }) => detector === 'rule')) expect(exception_id).toBe(id);
  const [exception] = await state.within(live.organization, (tx) => tx.selectFrom('exception').selectAll().execute());
  expect(exception.held_back).toBeGreaterThanOrEqual(after.length);
  await live.intake.close();
});

test('masked and dropped values are in no row, no finding and no line of a problem', async () => {
  const live = await testIntake(state, events);
  const source = await live.source('windows', {
    masking: [
      { field: 'TargetUserName', how: 'mask' },
      { field: 'CommandLine', how: 'drop' },
    ],
  });
  const texts = sampleRecords()
    .filter(({ shipper }) => shipper === 'windows')
    .map(({ text }) => text);
  const secrets = new Set<string>();
  for (const text of texts) {
    const data = JSON.parse(text).winlog.event_data ?? {};
    for (const name of ['TargetUserName', 'CommandLine'])
      if ((data[name] ?? '').length >= 4 && data[name] !== 'SYSTEM') secrets.add(data[name]);
  }
  await send(live, source, texts);
  await live.intake.settle();
  const rows = await events.query<Record<string, unknown>>(live.organization, (t) => `SELECT * FROM ${t.events}`);
  const kept = JSON.stringify(rows.filter((row) => row.raw !== undefined));
  const told = JSON.stringify(await findings(live));
  const line = (secret: string) => JSON.stringify(secret).slice(1, -1);
  const masked = rows.filter(({ raw }) => String(raw).includes('masked:')).length;
  expect(masked).toBeGreaterThan(100);
  for (const row of rows) {
    const fields = row.fields as Record<string, string[]>;
    for (const value of fields.TargetUserName ?? [])
      expect(value === '' || value === '-' || value.startsWith('masked:')).toBe(true);
    for (const value of fields.CommandLine ?? []) expect(value).toBe('');
  }
  for (const secret of [...secrets].filter((one) => one.includes(' '))) {
    expect(kept.includes(line(secret)), secret).toBe(false);
    expect(told.includes(line(secret)), secret).toBe(false);
  }
  await live.intake.close();
});

test('a finding of more events than it names is counted right, though a delivery came twice', async () => {
  const live = await testIntake(state, events);
  const source = await live.source('windows');
  const texts = Array.from({ length: 180 }, (_, i) =>
    JSON.stringify({
      '@timestamp': '2026-11-20T10:00:00Z',
      winlog: {
        channel: 'Security',
        provider_name: 'Microsoft-Windows-Eventlog',
        event_id: 1102,
        computer_name: 'DC01',
        record_id: i,
      },
    }),
  );
  await send(live, source, texts.slice(0, 120));
  for (let i = 0; i < 3; i += 1) await send(live, source, texts.slice(60));
  const cleared = async () => (await findings(live)).filter(({ count }) => count > 100);
  const [before] = await cleared();
  expect(before.count).toBeGreaterThan(180);
  // What still grows is left alone by the look that is taken now and then.
  expect(await recountFindings(state, events, live.organization, new Date(0), 3_600)).toBe(0);
  expect(await recountFindings(state, events, live.organization, new Date(0))).toBeGreaterThan(0);
  for (const { count } of await cleared()) expect(count).toBe(180);
  await state.within(live.organization, (tx) =>
    tx
      .updateTable('finding')
      .set({ count: 181, updated_at: sql`now() - interval '2 hours'` })
      .where('count', '=', 180)
      .execute(),
  );
  // As many rows as events, or more where they are not merged yet: either way not 181.
  expect(await recountFindings(state, events, live.organization, new Date(0), 3_600)).toBeGreaterThan(0);
  for (const { count } of await cleared()) expect(count).toBe(180);
  await live.intake.close();
});

test('a large delivery is judged in portions: equal records stay apart, again they change nothing, and others don’t wait for its end', async () => {
  const live = await testIntake(state, events);
  const [large, small] = [await live.source('large'), await live.source('small')];
  const texts = Array.from({ length: 30_000 }, (_, i) => `no log ${i % 25_000}`);
  const order: string[] = [];
  const all = send(live, large, texts).then((receipt) => {
    order.push('large');
    return receipt;
  });
  await send(live, small, ['{"a":']).then(() => order.push('small'));
  const receipt = await all;
  expect(order).toEqual(['small', 'large']);
  expect(receipt.stored).toBe(30_000);
  expect(receipt.misread.map(({ index }) => index)).toEqual(texts.map((_, i) => i));
  await send(live, large, texts);
  const [{ n, stored }] = await events.query<{ n: string; stored: string }>(
    live.organization,
    (t) =>
      `SELECT toString(uniqExact(id)) AS n, toString(count()) AS stored FROM ${t.events} WHERE source = '${large}'`,
  );
  expect([Number(n), Number(stored) >= 30_000]).toEqual([30_000, true]);
  await live.intake.close();
}, 60_000);
