import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Journal } from '../../../src/storage/events/journal.ts';
import { foundation, migrations } from '../../../src/storage/events/schema.ts';
import { eventBatch, eventRow } from '../../../testkit/storage/event-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'chaperone-schema-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what an older version stored becomes one part with filters when its day is over', async () => {
  const journal = await Journal.open(folder);
  const parts = () =>
    journal.query<{ filters: number }>(
      `SELECT toInt32(secondary_indices_compressed_bytes > 0) AS filters FROM system.parts WHERE active AND database = 'org_a' AND table = 'events'`,
      {},
    );
  const store = async () => {
    await journal.insert('org_a.events', [eventBatch([eventRow({ received: 1_780_000_000_000_000 })]).bytes]);
    await journal.query('SELECT count() FROM org_a.events', {});
  };
  const [first, ...later] = migrations('org_a');
  for (const sql of [...foundation('org_a'), ...first]) await journal.command(sql);
  await store();
  await store();
  for (const sql of later.flat()) await journal.command(sql);
  expect(await parts()).toEqual([{ filters: 0 }, { filters: 0 }]);
  const [{ engine }] = await journal.query<{ engine: string }>(
    `SELECT engine_full AS engine FROM system.tables WHERE database = 'org_a' AND name = 'events'`,
    {},
  );
  expect(engine).toMatch(/min_age_to_force_merge_on_partition_only = 1/);
  const [, seconds] = /min_age_to_force_merge_seconds = (\d+)/.exec(engine) ?? [];
  expect(Number(seconds)).toBeGreaterThan(600);
  // Nobody waits so long here.
  await journal.command('ALTER TABLE org_a.events MODIFY SETTING min_age_to_force_merge_seconds = 1');
  await expect.poll(parts, { timeout: 60_000, interval: 500 }).toEqual([{ filters: 1 }]);
  await journal.close();
}, 90_000);
