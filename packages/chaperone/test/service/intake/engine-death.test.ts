import type { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleRecords } from '../../../../../content/sample/sample-records.ts';
import type { EventStore, OpenStateStore } from '../../../src/storage/index.ts';
import type { RecordBatch } from '../../../src/telemetry/index.ts';
import { recordBatch } from '../../../testkit/record-batch.ts';
import { testEvents } from '../../../testkit/storage/test-events.ts';
import { type TestState, testState } from '../../../testkit/storage/test-state.ts';
import { type TestIntake, testIntake } from '../../../testkit/test-intake.ts';

let server: TestState;
let state: OpenStateStore;
let events: EventStore;
let closeEvents: () => Promise<void>;
const threads: Worker[] = [];
/** Every thread is really ended by a record that says so: as it is handed over. (Memory that runs out inside one call would end the process.) */
const started = (worker: Worker) => {
  threads.push(worker);
  const post = worker.postMessage.bind(worker);
  worker.postMessage = (
    message: { readonly kind?: string; readonly batch?: { readonly records: RecordBatch } },
    ...rest
  ) => {
    if (message.batch !== undefined && Buffer.from(message.batch.records.bytes).includes('kill the engine'))
      void worker.terminate();
    post(message, ...(rest as []));
  };
};
const windows = sampleRecords()
  .filter(({ shipper }) => shipper === 'windows')
  .map(({ text }) => text);
const killer = '{"message":"kill the engine"}';

beforeAll(async () => {
  process.on('worker', started);
  server = await testState();
  ({ store: state } = await server.fresh());
  ({ store: events, close: closeEvents } = await testEvents());
});
afterAll(async () => {
  process.off('worker', started);
  await closeEvents?.();
  await server?.close();
});

const send = (to: TestIntake, source: string, texts: readonly string[]) =>
  to.intake.accept({
    organization: to.organization,
    source,
    records: recordBatch(texts),
    received: Date.now() * 1000,
    delivery: 'acknowledged',
    listener: 'test',
  });
const stored = (of: TestIntake) =>
  events.query<{ id: string; kind: string; raw: string; rules: string[] }>(
    of.organization,
    (t) => `SELECT id, kind, raw, rules FROM ${t.events} ORDER BY id LIMIT 1 BY id`,
  );
const problems = (of: TestIntake) =>
  state.within(of.organization, (tx) => tx.selectFrom('source_problem').selectAll().execute());

test('a thread that is ended under way is followed by a new one, and nothing is lost or twice', async () => {
  const calm = await testIntake(state, events);
  await send(calm, await calm.source('windows'), windows);
  const live = await testIntake(state, events);
  const source = await live.source('windows');
  const sent: Promise<unknown>[] = [];
  for (let from = 0; from < windows.length; from += 20) sent.push(send(live, source, windows.slice(from, from + 20)));
  await threads.at(-1)!.terminate();
  await Promise.all(sent);
  expect(live.intake.engine(live.organization)).toMatchObject({ deaths: 1, unjudged: 0 });
  await send(live, source, windows.slice(0, 10));
  const rules = (rows: { raw: string; rules: string[] }[]) => rows.map(({ raw, rules: by }) => `${by} ${raw}`).sort();
  expect(rules(await stored(live))).toEqual(rules(await stored(calm)));
  expect(live.faults.length).toBeGreaterThan(0);
  await Promise.all([live.intake.close(), calm.intake.close()]);
}, 60_000);

test('a record that kills the engine again and again is kept unjudged, and all others are judged', async () => {
  const live = await testIntake(state, events);
  const source = await live.source('windows');
  const receipt = await send(live, source, [...windows.slice(0, 50), killer, ...windows.slice(50, 100), '{"a":']);
  expect(receipt.stored).toBe(102);
  expect(receipt.misread.map(({ index, code }) => [index, code])).toEqual([
    [101, 'json_invalid'],
    [50, 'engine_killed'],
  ]);
  const rows = await stored(live);
  expect(rows.length).toBe(102);
  expect(rows.filter(({ kind }) => kind === 'unread').map(({ raw }) => raw)).toContain(killer);
  expect(rows.filter(({ kind }) => kind !== 'unread').length).toBe(100);
  await send(live, source, windows.slice(100, 200));
  expect((await stored(live)).length).toBe(202);
  await live.intake.settle();
  expect((await problems(live)).map(({ code, count, line }) => [code, count, line])).toContainEqual([
    'engine_killed',
    1,
    killer,
  ]);
  expect(live.intake.engine(live.organization)).toMatchObject({ unjudged: 1, down: false });
  // One more where the thread was at something else when it died.
  expect([3, 4, 5]).toContain(live.intake.engine(live.organization).deaths);
  // Sent again, and with others: it is known.
  await send(live, source, [killer, ...windows.slice(200, 210)]);
  expect((await stored(live)).length).toBe(212);
  await live.intake.close();
}, 120_000);

test('what kills the engine and should have been masked is sealed', async () => {
  const live = await testIntake(state, events);
  const source = await live.source('ward', { masking: [{ field: 'patient', how: 'mask' }] });
  await send(live, source, [`{"patient":"Erika Mustermann",${killer.slice(1)}`]);
  await live.intake.settle();
  const [row] = await stored(live);
  expect(row.raw.startsWith('sealed:')).toBe(true);
  const [problem] = await problems(live);
  expect(problem.line).toMatch(/^\(sealed/);
  await live.intake.close();
}, 120_000);
