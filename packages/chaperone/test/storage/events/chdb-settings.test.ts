import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ChdbClient } from '../../../src/storage/events/chdb-client.ts';
import { SERVER_SETTINGS } from '../../../src/storage/events/chdb-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'chaperone-chdb-settings-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('our own ClickHouse runs with the settings of a small machine, after a kill too', async () => {
  const client = await ChdbClient.open(folder);
  const inUse = async () =>
    Object.fromEntries(
      (
        await client.query<{ name: string; value: string }>(
          `SELECT name, value FROM system.server_settings WHERE name IN {names:Array(String)}`,
          { names: Object.keys(SERVER_SETTINGS) },
        )
      ).map(({ name, value }) => [name, Number(value)]),
    );
  expect(await inUse()).toEqual(SERVER_SETTINGS);
  const stats = JSON.stringify(await client.query('SELECT * FROM system.jemalloc_stats', {}));
  expect(stats).toContain('opt.dirty_decay_ms: 1000');
  const { pid } = client;
  process.kill(pid ?? 0, 'SIGKILL');
  await expect.poll(() => inUse().catch(() => ({})), { timeout: 20_000 }).toEqual(SERVER_SETTINGS);
  expect(client.pid).not.toBe(pid);
  await client.close();
}, 60_000);
