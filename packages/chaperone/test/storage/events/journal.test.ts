import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Journal } from '../../../src/storage/events/journal.ts';
import { foundation, migrations } from '../../../src/storage/events/schema.ts';
import { eventBatch, eventRow } from '../../../testkit/storage/event-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'chaperone-journal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const files = (own: string) =>
  (readdirSync(join(own, 'incoming'), { recursive: true }) as string[]).filter((name) => /\.(bin|part)$/.test(name));
const count = async (journal: Journal, database: string) =>
  Number((await journal.query<{ n: string }>(`SELECT toString(uniqExact(id)) AS n FROM ${database}.events`, {}))[0].n);
const make = async (journal: Journal, database: string) => {
  for (const sql of [...foundation(database), ...migrations(database).flat()]) await journal.command(sql);
};

test('what is safe is in a file until somebody reads or a second is over, and then it is in the table', async () => {
  const own = join(folder, 'reads');
  const journal = await Journal.open(own);
  await make(journal, 'org_a');
  await make(journal, 'org_b');
  await journal.insert('org_a.events', [eventBatch([eventRow(), eventRow()]).bytes]);
  await journal.insert('org_b.events', [eventBatch([eventRow()]).bytes]);
  expect(files(own)).toHaveLength(2);
  expect(await count(journal, 'org_a')).toBe(2);
  // Nobody asked for the other organisation's.
  expect(files(own).map((name) => name.includes('org_b'))).toEqual([true]);
  await expect.poll(() => files(own), { timeout: 10_000 }).toEqual([]);
  expect(await count(journal, 'org_b')).toBe(1);
  await journal.close();
}, 60_000);

test('the next start takes up what is safe, leaves out what is not whole, and drops what no table is left for', async () => {
  const own = join(folder, 'start');
  const journal = await Journal.open(own);
  await make(journal, 'org_a');
  await journal.close();
  const [form] = readdirSync(join(own, 'incoming'));
  const place = join(own, 'incoming', form);
  const rows = Array.from({ length: 5 }, () => eventRow());
  const { bytes } = eventBatch(rows);
  writeFileSync(join(place, 'org_a.events.one.bin'), bytes);
  // Inserted before the kill, and not removed yet.
  writeFileSync(join(place, 'org_a.events.two.bin'), bytes);
  writeFileSync(join(place, 'org_a.events.three.part'), bytes.subarray(0, bytes.length >> 1));
  writeFileSync(join(place, 'org_gone.events.four.bin'), bytes);
  const next = await Journal.open(own);
  expect(files(own)).toEqual([]);
  expect(await count(next, 'org_a')).toBe(5);
  await next.close();
}, 60_000);

test('while the tables take nothing no more is taken, and what was safe is there afterwards', async () => {
  const own = join(folder, 'trouble');
  const journal = await Journal.open(own);
  await make(journal, 'org_a');
  await journal.insert('org_a.events', [eventBatch([eventRow()]).bytes]);
  const pid = journal.pid ?? 0;
  process.kill(pid, 'SIGKILL');
  let [taken, refused] = [1, 0];
  while (journal.pid === undefined || journal.pid === pid || refused === 0) {
    await journal.insert('org_a.events', [eventBatch([eventRow()]).bytes]).then(
      () => {
        taken += 1;
      },
      () => {
        refused += 1;
      },
    );
    if (refused === 0) await journal.query('SELECT count() FROM org_a.events', {}).catch(() => {});
    await new Promise((later) => setTimeout(later, 20));
  }
  await expect.poll(() => count(journal, 'org_a').catch(() => 0), { timeout: 20_000 }).toBe(taken);
  await journal.close();
}, 60_000);
