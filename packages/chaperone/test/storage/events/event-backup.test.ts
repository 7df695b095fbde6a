import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EventBackupError, EventEncoder, type EventRow, type EventStore } from '../../../src/storage/index.ts';
import { eventRow } from '../../../testkit/storage/event-rows.ts';
import { testEvents } from '../../../testkit/storage/test-events.ts';

let store: EventStore;
let folder: string;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ store, folder, close } = await testEvents());
});
afterAll(() => close?.());

const DAY = 86_400_000_000;

function batch(rows: readonly EventRow[]) {
  const encoder = new EventEncoder();
  for (const row of rows) encoder.add(row);
  return encoder.take();
}

const everything = (organization: string) =>
  store.query(organization, ({ events }) => `SELECT * FROM ${events} FINAL ORDER BY id`);
const activity = (organization: string) =>
  store.query(
    organization,
    ({ activity: table }) =>
      `SELECT hour, account, toString(sum(events)) AS n FROM ${table} GROUP BY hour, account ORDER BY hour, account`,
  );

test('what is restored is what was backed up, activity of expired events with it', async () => {
  const organization = randomUUID();
  await store.ensure(organization);
  const rows = Array.from({ length: 300 }, (_, i) =>
    eventRow({
      received: 1_780_000_000_000_000 - (i % 5) * DAY,
      time: 1_780_000_000_000_000 - (i % 5) * DAY,
      account: `a${i % 3}`,
      raw: `it's \\ \t\n\0 ${i}`,
      findings: [randomUUID()],
    }),
  );
  await store.insert(organization, batch(rows));
  await store.expire(organization, 1_780_000_000_000_000 - 3.5 * DAY, {});
  const [before, counted] = [await everything(organization), await activity(organization)];
  expect(before).toHaveLength(240);
  const where = join(folder, "kept o'clock");
  await store.backup(organization, where);
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  await store.insert(organization, batch([eventRow()]));

  await store.restore(organization, where);
  expect(await everything(organization)).toEqual(before);
  expect(await activity(organization)).toEqual(counted);
  await store.insert(organization, batch(rows.slice(0, 1)));
  expect(await everything(organization)).toEqual(before);
});

test('an organisation without events is backed up and restored', async () => {
  const organization = randomUUID();
  await store.ensure(organization);
  await store.backup(organization, join(folder, 'empty'));
  await store.restore(organization, join(folder, 'empty'));
  expect(await everything(organization)).toEqual([]);
});

test('a folder that is no whole backup of this organisation changes nothing', async () => {
  const organization = randomUUID();
  await store.ensure(organization);
  await store.insert(organization, batch([eventRow()]));
  const before = await everything(organization);
  const where = join(folder, 'damaged');
  await store.backup(organization, where);
  await expect(store.backup(organization, where)).rejects.toThrow(/EEXIST|ENOTEMPTY|exist/);

  const refused = (at: string, whose = organization) =>
    expect(store.restore(whose, at)).rejects.toBeInstanceOf(EventBackupError);
  await refused(join(folder, 'nothing'));
  await refused(where, randomUUID());
  rmSync(join(where, readdirSync(where).find((name) => name.startsWith('events-'))!));
  await refused(where);
  const odd = join(folder, 'odd');
  mkdirSync(odd);
  for (const contents of [
    'no json',
    '{}',
    JSON.stringify({
      format: 'chaperone-events',
      version: 1,
      organization,
      events: ['id) SELECT 1; --'],
      activity: [],
      days: [],
    }),
    JSON.stringify({
      format: 'chaperone-events',
      version: 1,
      organization,
      events: [],
      activity: [],
      days: [{ day: '../x', rows: 1 }],
    }),
  ]) {
    writeFileSync(join(odd, 'contents.json'), contents);
    await refused(odd);
  }
  expect(await everything(organization)).toEqual(before);
});
