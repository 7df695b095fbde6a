import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { activeIndicators, importIndicators } from '../../../src/detection/index.ts';
import { recordBatch } from '../../../testkit/record-batch.ts';
import { testStores } from '../../../testkit/storage/test-stores.ts';
import { testIntake } from '../../../testkit/test-intake.ts';

const { state, events } = await testStores();

test('indicators met are counted once an event, and the latest is kept, however often a delivery comes', async () => {
  const live = await testIntake(state, events);
  const { organization } = live;
  const feed = randomUUID();
  await state.within(organization, (tx) =>
    tx
      .insertInto('indicator_feed')
      .values({ id: feed, organization_id: organization, name: 'Neighbours', kind: 'manual', settings: '{}' })
      .execute(),
  );
  await importIndicators(
    state,
    { id: feed, organization },
    'type,value\nip,203.0.113.9\nip,203.0.113.10\n',
    Date.now(),
  );
  const { packed } = await activeIndicators(state, organization, Date.now());
  await live.setup({ indicators: packed });
  const source = await live.source('archive');
  const line = (second: number) =>
    `<38>1 2026-11-20T10:00:0${second}Z store01 sshd 7 - - Accepted password for anna from 203.0.113.9 port 22 ssh2`;
  const send = (texts: readonly string[]) =>
    live.intake.accept({
      organization,
      source,
      records: recordBatch(texts),
      received: Date.now() * 1000,
      delivery: 'acknowledged',
      listener: 'test',
    });
  for (let time = 0; time < 3; time += 1) await send([line(1), line(2)]);
  await send([line(2), line(5)]);
  await live.intake.settle();
  const seen = await state.within(organization, (tx) =>
    tx.selectFrom('indicator').select(['written', 'sightings', 'last_sighting_at']).orderBy('written').execute(),
  );
  expect(seen).toEqual([
    { written: '203.0.113.10', sightings: 0, last_sighting_at: null },
    { written: '203.0.113.9', sightings: 3, last_sighting_at: new Date('2026-11-20T10:00:05Z') },
  ]);
  await live.intake.close();
}, 60_000);
