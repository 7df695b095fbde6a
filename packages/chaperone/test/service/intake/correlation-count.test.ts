import { loadRules } from '@chaperone/sigma';
import { expect, test } from 'vitest';
import { recordBatch } from '../../../testkit/record-batch.ts';
import { testStores } from '../../../testkit/storage/test-stores.ts';
import { testIntake } from '../../../testkit/test-intake.ts';

const { state, events } = await testStores();

const RULES = `title: Log-on refused
id: 6f0c4c1e-7777-4222-8111-111111111111
name: refused
logsource: { product: linux, service: sshd }
detection: { words: ['Failed password'], condition: words }
level: low
---
title: Refused again and again
id: 6f0c4c1e-8888-4222-8111-111111111111
correlation: { type: event_count, rules: [refused], group-by: [src_ip], timespan: 10m, condition: { gte: 10 } }
level: high
`;

test('a correlation says how many events it is about, also beyond those that it names, and as it grows', async () => {
  const live = await testIntake(state, events, { rules: loadRules([{ file: 'own/refused', text: RULES }]) });
  const source = await live.source('archive');
  const start = Date.now() - 20_000;
  const line = (n: number) =>
    `<38>1 ${new Date(start + n * 10).toISOString()} store01 sshd ${n} - - Failed password for root from 203.0.113.9 port ${n} ssh2`;
  const send = async (from: number, to: number) => {
    await live.intake.accept({
      organization: live.organization,
      source,
      records: recordBatch(Array.from({ length: to - from }, (_, index) => line(from + index))),
      received: Date.now() * 1000,
      delivery: 'acknowledged',
      listener: 'test',
    });
    await live.intake.settle();
  };
  const found = () =>
    state.within(live.organization, async (tx) => {
      const { id, count, why } = await tx
        .selectFrom('finding')
        .select(['id', 'count', 'why'])
        .where('detector', '=', 'correlation')
        .executeTakeFirstOrThrow();
      const named = await tx.selectFrom('finding_event').select('event_id').where('finding_id', '=', id).execute();
      return { count: Number(count), named: named.length, said: /(\d+) events of/.exec(why)?.[1] };
    });
  await send(1, 151);
  expect(await found()).toEqual({ count: 150, named: 100, said: '150' });
  await send(151, 401);
  expect(await found()).toEqual({ count: 400, named: 100, said: '400' });
  await live.intake.close();
}, 60_000);
