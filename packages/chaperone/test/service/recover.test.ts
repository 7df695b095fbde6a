import { expect, test } from 'vitest';
import { DoubtfulCounts } from '../../src/service/intake/doubtful-counts.ts';
import { recover } from '../../src/service/recover.ts';
import type { EventStore } from '../../src/storage/index.ts';
import { recordBatch } from '../../testkit/record-batch.ts';
import { testStores } from '../../testkit/storage/test-stores.ts';
import { type TestIntake, testIntake } from '../../testkit/test-intake.ts';

const { state, events } = await testStores();

/** An audit log that was cleared: each is a match of one of our rules, and all of an hour are one finding. */
const cleared = (record: number) =>
  JSON.stringify({
    '@timestamp': '2026-11-20T10:00:00Z',
    winlog: {
      channel: 'Security',
      provider_name: 'Microsoft-Windows-Eventlog',
      event_id: 1102,
      computer_name: 'DC01',
      record_id: record,
    },
  });

const send = (to: TestIntake, source: string, texts: readonly string[], received: number) =>
  to.intake.accept({
    organization: to.organization,
    source,
    records: recordBatch(texts),
    received,
    delivery: 'acknowledged',
    listener: 'test',
  });

const checkpointOf = (of: TestIntake) =>
  state.within(of.organization, (tx) => tx.selectFrom('checkpoint').select('received').executeTakeFirst());

/** The store with something done before each insert. */
function before(work: () => Promise<void>): EventStore {
  return new Proxy(events, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (name === 'insert')
        return async (...args: Parameters<EventStore['insert']>) => {
          await work();
          return target.insert(...args);
        };
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

test('without a checkpoint everything that is stored is judged again, page by page, and counted right', async () => {
  const live = await testIntake(state, events);
  const source = await live.source('windows');
  const begun = Date.now() * 1000;
  for (let batch = 0; batch < 6; batch += 1)
    await send(
      live,
      source,
      Array.from({ length: 1_000 }, (_, i) => cleared(batch * 1_000 + i)),
      begun + batch,
    );
  await live.intake.settle();
  const findings = () =>
    state.within(live.organization, (tx) =>
      tx.selectFrom('finding').select(['id', 'rule_id', 'count']).orderBy('id').execute(),
    );
  const found = await findings();
  expect(found.map(({ count }) => count)).toContain(6_000);
  // As if the service had been killed between the two stores.
  await state.within(live.organization, async (tx) => {
    await tx.deleteFrom('finding_event').execute();
    await tx.deleteFrom('finding').execute();
    await tx.deleteFrom('checkpoint').execute();
  });
  const known = {
    id: source,
    name: 'windows',
    zone: 'Europe/Berlin',
    format: undefined,
    masking: [],
  };
  const deps = { state, events, intake: live.intake, source: () => known };
  expect(await recover(live.organization, deps)).toBe(6_000);
  expect(await findings()).toEqual(found);
  // A count that went wrong since the checkpoint is set right by the start itself.
  await state.within(live.organization, (tx) => tx.updateTable('finding').set({ count: 7_000 }).execute());
  await recover(live.organization, deps);
  expect(await findings()).toEqual(found);
  await live.intake.close();
}, 60_000);

test('the checkpoint waits for each delivery under way, though another came in the same moment', async () => {
  let open = () => {};
  let held = false;
  const slow = before(() => {
    if (held) return Promise.resolve();
    held = true;
    return new Promise((go) => {
      open = go;
    });
  });
  const live = await testIntake(state, slow);
  const source = await live.source('windows');
  const now = Date.now() * 1000;
  const first = send(live, source, [cleared(1)], now);
  while (!held) await new Promise((later) => setTimeout(later, 5));
  await send(live, source, [cleared(2)], now);
  await send(live, source, [cleared(3)], now + 5);
  expect(live.intake.checkpoint(live.organization)).toBe(now);
  open();
  await first;
  await live.intake.close();
  expect(Number((await checkpointOf(live))?.received)).toBeLessThanOrEqual(now + 5);
});

test('when the clock is set back, the checkpoint goes back before anything is stored', async () => {
  const kept: number[] = [];
  const live: TestIntake = await testIntake(
    state,
    before(async () => void kept.push(Number((await checkpointOf(live))?.received))),
  );
  const source = await live.source('windows');
  const now = Date.now() * 1000;
  const hour = 3_600_000_000;
  for (const received of [now, now + 10, now - hour, now - hour + 10])
    await send(live, source, [cleared(received)], received);
  expect(kept[0]).toBeLessThanOrEqual(now);
  expect(kept[2]).toBeLessThanOrEqual(now - hour);
  expect(kept[3]).toBeLessThanOrEqual(now - hour + 10);
  await live.intake.close();
});

test('what came twice after a doubt is counted anew before long', async () => {
  const live = await testIntake(state, events);
  const source = await live.source('windows');
  const texts = Array.from({ length: 150 }, (_, i) => cleared(i));
  for (let time = 0; time < 2; time += 1) await send(live, source, texts, Date.now() * 1000);
  const count = async () =>
    (await state.within(live.organization, (tx) => tx.selectFrom('finding').select('count').execute())).map((one) =>
      Number(one.count),
    );
  expect(await count()).toEqual([300]);
  const doubts = new DoubtfulCounts(state, events, 50);
  await doubts.look();
  expect(await count()).toEqual([300]);
  doubts.doubt(live.organization);
  await doubts.look();
  expect(await count()).toEqual([300]);
  await new Promise((later) => setTimeout(later, 60));
  await doubts.look();
  expect(await count()).toEqual([150]);
  await live.intake.close();
});
