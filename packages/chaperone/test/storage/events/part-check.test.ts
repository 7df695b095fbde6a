import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Journal } from '../../../src/storage/events/journal.ts';
import { brokenParts } from '../../../src/storage/events/part-check.ts';
import { foundation, migrations } from '../../../src/storage/events/schema.ts';
import { eventBatch, eventRow } from '../../../testkit/storage/event-rows.ts';

const DATABASE = 'org_parts';
let folder: string;
let client: Journal;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chaperone-parts-'));
  client = await Journal.open(join(folder, 'events'));
  for (const statement of [...foundation(DATABASE), ...migrations(DATABASE).flat()]) await client.command(statement);
});
afterAll(async () => {
  await client?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function insert(rows: number): Promise<void> {
  await client.insert(`${DATABASE}.events`, [eventBatch(Array.from({ length: rows }, () => eventRow())).bytes]);
  // Whoever asks for the table has the journal put into it.
  await client.query(`SELECT 1 FROM ${DATABASE}.events LIMIT 1`, {});
}
const broken = () => brokenParts((sql) => client.query(sql, {}), 0);
const active = async () =>
  (
    await client.query<{ path: string }>(
      `SELECT path FROM system.parts WHERE active AND database = '${DATABASE}' AND table = 'events'`,
      {},
    )
  ).map(({ path }) => path);

test('a merge that left empty or short files is found, and a process that is killed goes on with what was merged', async () => {
  for (let i = 0; i < 3; i += 1) await insert(50);
  await client.command(`OPTIMIZE TABLE ${DATABASE}.events FINAL`);
  expect(await broken()).toEqual([]);
  const [merged, ...others] = await active();
  expect(others).toEqual([]);
  // As ClickHouse leaves it where the disk gets full while it writes.
  for (const name of readdirSync(merged)) truncateSync(join(merged, name));
  expect(await broken()).toEqual([merged]);
  process.kill(client.pid!, 'SIGKILL');
  for (;;) {
    const rows = await client
      .query<{ n: number }>(`SELECT toUInt32(uniqExact(id)) AS n FROM ${DATABASE}.events`, {})
      .catch(() => undefined);
    if (rows !== undefined) {
      expect(rows).toEqual([{ n: 150 }]);
      break;
    }
    await new Promise((later) => setTimeout(later, 50));
  }
  expect(await broken()).toEqual([]);
}, 60_000);

test('one file that ends short is enough', async () => {
  await insert(20);
  const [part] = (await active()).slice(-1);
  for (const name of readdirSync(part)) {
    const file = join(part, name);
    const { size } = statSync(file);
    if (name === 'data.bin') truncateSync(file, size - 1);
  }
  expect(await broken()).toEqual([part]);
});
