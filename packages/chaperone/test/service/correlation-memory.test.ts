import { appendFileSync } from 'node:fs';
import { loadRules } from '@chaperone/sigma';
import { expect, test } from 'vitest';
import { House, pause } from '../../../../scripts/survival/house.ts';
import { ADDED, requestPast } from '../../src/detection/index.ts';
import { recover } from '../../src/service/recover.ts';
import { recordBatch } from '../../testkit/record-batch.ts';
import { testStores } from '../../testkit/storage/test-stores.ts';
import { type TestIntake, testIntake } from '../../testkit/test-intake.ts';

const RULES = `title: Log cleared
id: 6f0c4c1e-7777-4111-8111-111111111111
name: cleared
logsource: { product: windows, service: security }
detection: { s: { EventID: 1102 }, condition: s }
level: low
---
title: Log cleared again and again
id: 6f0c4c1e-8888-4111-8111-111111111111
correlation: { type: event_count, rules: [cleared], group-by: [Computer], timespan: 10m, condition: { gte: 4 } }
level: high
`;
const start = Date.now() - 50 * 60_000;
/** An event so many seconds after the first. */
const cleared = (second: number) =>
  JSON.stringify({
    '@timestamp': new Date(start + second * 1_000).toISOString(),
    winlog: {
      channel: 'Security',
      provider_name: 'Microsoft-Windows-Eventlog',
      event_id: 1102,
      computer_name: 'DC01',
      record_id: second,
    },
  });
/** Long after the others: by then it is decided how many they were. */
const CLOSING = 20 * 60;

test('a correlation that spans a kill -9 is found: two events before it, two after', async () => {
  const house = await House.open();
  try {
    // So that events of an hour ago are not late.
    appendFileSync(house.configuration, 'lateness: 86400\n');
    await house.end('SIGKILL');
    await house.start();
    const token = await house.source('windows', 'http');
    await house.call('POST', '/organizations/ward/rule-documents', { name: 'cleared', document: RULES });
    const send = async (numbers: readonly number[]) => {
      const body = numbers.map((number) => `{"create":{}}\n${cleared(number)}\n`).join('');
      const answer = await fetch(`http://127.0.0.1:${house.port('http')}/_bulk`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-ndjson', authorization: `Bearer ${token}` },
        body,
      });
      expect(((await answer.json()) as { errors: boolean }).errors).toBe(false);
    };
    const found = async () =>
      (
        await house.call<{ items: { rule_title: string; count: number }[] }>(
          'GET',
          '/organizations/ward/findings?detector=correlation',
        )
      ).items.filter(({ rule_title }) => rule_title === 'Log cleared again and again');
    await send([1, 2]);
    await house.end('SIGKILL');
    await house.start();
    await pause(2_000);
    expect(await found()).toEqual([]);
    // What was sent before the kill comes once more, as from a shipper that heard no answer: it counts once.
    await send([2, 3]);
    await pause(3_000);
    expect(await found()).toEqual([]);
    await house.end('SIGKILL');
    await house.start();
    await send([4]);
    await send([CLOSING]);
    for (let tries = 0; tries < 60 && (await found()).length === 0; tries += 1) await pause(500);
    expect((await found()).map(({ count }) => count)).toEqual([4]);
  } finally {
    await house.end('SIGKILL');
    house.remove();
  }
}, 300_000);

const { state, events } = await testStores();

test('events that an engine judged while the next one was made are not lost to correlations', async () => {
  let open: (() => void) | undefined;
  let held: Promise<void> = Promise.resolve();
  // The real store, with a door before its inserts: so a batch is under way as long as we like.
  const slow = new Proxy(events, {
    get(store, name) {
      const own = Reflect.get(store, name);
      if (typeof own !== 'function') return own;
      if (name !== 'insert') return own.bind(store);
      return async (...args: unknown[]) => {
        await held;
        return own.apply(store, args);
      };
    },
  });
  const live = await testIntake(state, slow, {
    rules: loadRules([{ file: 'own/cleared', text: RULES }]),
    lateness: 86_400_000_000,
  });
  const windows = await live.source('windows');
  const send = (to: TestIntake, number: number) =>
    to.intake.accept({
      organization: to.organization,
      source: windows,
      records: recordBatch([cleared(number)]),
      received: Date.now() * 1000,
      delivery: 'acknowledged',
      listener: 'test',
    });
  const found = () =>
    state.within(live.organization, (tx) =>
      tx.selectFrom('finding').select(['count']).where('detector', '=', 'correlation').execute(),
    );
  await send(live, 1);
  held = new Promise((resolve) => {
    open = resolve;
  });
  // Judged by the engine that is about to go, and not stored yet.
  const underWay = send(live, 2);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const renewed = live.setup({}, () =>
    recover(live.organization, {
      state,
      events,
      intake: live.intake,
      source: (id) => ({ id, name: 'windows', zone: 'UTC', format: undefined, masking: [] }),
    }).then(() => {}),
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  // Judged by the new engine while it still learns what was before.
  const meanwhile = send(live, 3);
  open?.();
  await Promise.all([underWay, renewed, meanwhile]);
  await live.intake.settle();
  expect(await found()).toEqual([]);
  await send(live, 4);
  await send(live, CLOSING);
  await live.intake.settle();
  expect(await found()).toEqual([{ count: 4 }]);
  await live.intake.close();
}, 60_000);

test('a correlation that comes sees the run of events that spans its coming, and leaves what was before to who looks back', async () => {
  const live = await testIntake(state, events, { rules: loadRules([]), lateness: 1_000_000 });
  const windows = await live.source('windows');
  const at = (computer: string, second: number) => cleared(second).replaceAll('DC01', computer);
  const send = (texts: readonly string[]) =>
    live.intake.accept({
      organization: live.organization,
      source: windows,
      records: recordBatch(texts),
      received: Date.now() * 1000,
      delivery: 'acknowledged',
      listener: 'test',
    });
  // No rule asks for these as they come. On DC01 the run goes on; on DC02 it has had its four.
  await send([...[1, 2, 3, 4].map((second) => at('DC02', second)), at('DC01', 5), at('DC01', 6), at('DC03', 60)]);
  const made = new Date();
  await state.within(live.organization, (tx) =>
    tx
      .updateTable('checkpoint')
      .set({ received: Date.now() * 1000 })
      .execute(),
  );
  const rules = loadRules([{ file: 'own/cleared', text: RULES }]);
  await state.within(live.organization, (tx) =>
    requestPast(tx, live.organization, {
      kind: 'rules',
      subject: 'own',
      title: 'Log cleared again and again',
      rules: rules.correlations.map(({ id }) => id),
      reason: ADDED,
      cameAt: new Date(),
    }),
  );
  await live.setup({ rules }, async () => {
    const source = (id: string) => ({ id, name: 'windows', zone: 'UTC', format: undefined, masking: [] });
    const deps = { state, events, intake: live.intake, source, rules, remember: true, since: made };
    expect(await recover(live.organization, deps)).toBe(7);
  });
  const found = () =>
    state.within(live.organization, (tx) =>
      tx.selectFrom('finding').select(['host', 'count']).where('detector', '=', 'correlation').execute(),
    );
  await send([at('DC01', 65), at('DC01', 66)]);
  await live.intake.settle();
  expect(await found()).toEqual([{ host: 'DC01', count: 4 }]);
  await live.intake.close();
}, 60_000);
