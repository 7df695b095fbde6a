import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expireEvents } from '../../src/service/housekeeping.ts';
import type { EventStore, OpenStateStore } from '../../src/storage/index.ts';
import { eventBatch, eventRow } from '../../testkit/storage/event-rows.ts';
import { testEvents } from '../../testkit/storage/test-events.ts';
import { type TestState, testState } from '../../testkit/storage/test-state.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 25, 12);

let state: TestState;
let store: OpenStateStore;
let events: EventStore;
let close: () => Promise<void>;

beforeAll(async () => {
  state = await testState();
  ({ store } = await state.fresh());
  ({ store: events, close } = await testEvents());
}, 180_000);
afterAll(async () => {
  await close();
  await state.close();
});

/** An organisation that keeps events for 30 days, with two sources that each have an event of 100 days ago and one of yesterday. */
async function house() {
  const id = randomUUID();
  const [one, other] = [randomUUID(), randomUUID()];
  await store.everywhere(async (tx) => {
    await tx
      .insertInto('organization')
      .values({ id, slug: id, name: 'Clinic', side: 'client', zone: 'UTC', retention_days: 30 })
      .execute();
    for (const source of [one, other])
      await tx
        .insertInto('source')
        .values({
          id: source,
          organization_id: id,
          slug: source,
          name: 's',
          kind: 'ndjson',
          masking: '[]',
          settings: '{}',
        })
        .execute();
  });
  await events.ensure(id);
  const at = (days: number) => (NOW - days * DAY) * 1000;
  const rows = [one, other].flatMap((source) =>
    [100, 1].map((days) => eventRow({ source, received: at(days), time: at(days) })),
  );
  await events.insert(id, eventBatch(rows));
  const hold = (given: { source_id?: string; ends_at?: Date; released_at?: Date }) =>
    store.within(id, (tx) =>
      tx
        .insertInto('legal_hold')
        .values({ id: randomUUID(), organization_id: id, reason: 'Case 17', owner: 'Ada', ...given })
        .execute(),
    );
  const left = async () => {
    await expireEvents({ state: store, events, retentionDays: undefined }, NOW);
    return (await events.query<{ source: string }>(id, ({ events: table }) => `SELECT source FROM ${table}`)).length;
  };
  return { one, hold, left };
}

test('without a hold what is past its time goes', async () => {
  const { left } = await house();
  expect(await left()).toBe(2);
});

test('a hold keeps everything, or one source’s events', async () => {
  const all = await house();
  await all.hold({});
  expect(await all.left()).toBe(4);
  const half = await house();
  await half.hold({ source_id: half.one });
  expect(await half.left()).toBe(3);
});

test('a hold keeps until its end, and no longer; a released one keeps nothing', async () => {
  const on = await house();
  await on.hold({ ends_at: new Date(NOW + DAY) });
  expect(await on.left()).toBe(4);
  const over = await house();
  await over.hold({ ends_at: new Date(NOW - DAY) });
  expect(await over.left()).toBe(2);
  const released = await house();
  await released.hold({ released_at: new Date(NOW - DAY) });
  expect(await released.left()).toBe(2);
});
