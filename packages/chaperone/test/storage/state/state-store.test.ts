import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import { openStateStore, StoreUnavailable } from '../../../src/storage/index.ts';
import { startEmbedded } from '../../../src/storage/state/embedded/embedded-server.ts';
import { gateTo } from '../../../testkit/storage/gate.ts';
import { keys, put, stateStoreContract, until } from '../../../testkit/storage/state-store-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'chaperone-state-'));
chmodSync(folder, 0o711);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const serverPid = (at: string) => Number(readFileSync(join(at, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);

stateStoreContract('our own', async () => {
  const own = join(folder, 'own');
  const store = await openStateStore({ folder: own });
  return {
    store,
    gone: async () => void process.kill(serverPid(own), 'SIGKILL'),
    back: async () => {},
    close: () => store.close(),
  };
});

/** A server of the user's own, where we are no superuser but may make roles; reached over a way that can be shut. */
async function theirs(at: string) {
  const server = await startEmbedded(at);
  const admin = new URL(server.url);
  admin.pathname = '/postgres';
  const client = new pg.Client({ connectionString: admin.href });
  await client.connect();
  await client.query("create role clinic login createrole password 'x'");
  await client.query('create database clinic owner clinic');
  await client.end();
  const gate = await gateTo(Number(admin.port));
  return { server, gate, url: `postgres://clinic:x@127.0.0.1:${gate.port}/clinic` };
}

stateStoreContract('by URL', async () => {
  const { server, gate, url } = await theirs(join(folder, 'theirs'));
  const store = await openStateStore({ url });
  return {
    store,
    gone: gate.shut,
    back: gate.open,
    async close() {
      await store.close();
      await gate.close();
      await server.stop();
    },
  };
});

test('several processes that come to a new database at once set it up once, and none fails', async () => {
  const { server, gate, url } = await theirs(join(folder, 'together'));
  const stores = await Promise.all(Array.from({ length: 4 }, () => openStateStore({ url })));
  for (const [i, store] of stores.entries()) await put(store, `k${i}`);
  expect(await keys(stores[0])).toHaveLength(4);
  gate.swallow();
  // A network that swallows everything: the service is told, and does not hang with it.
  await expect(stores[0].ping()).rejects.toBeInstanceOf(StoreUnavailable);
  await gate.open();
  await until(() =>
    stores[0].ping().then(
      () => true,
      () => false,
    ),
  );
  await Promise.all(stores.map((store) => store.close()));
  await gate.close();
  await server.stop();
}, 60_000);

test('a service that is killed leaves a store that the next one has at once, with everything that was committed', async () => {
  const own = join(folder, 'killed');
  const index = new URL('../../../src/storage/index.ts', import.meta.url).href;
  const script = `const { openStateStore } = await import(${JSON.stringify(index)});
    const store = await openStateStore({ folder: ${JSON.stringify(own)} });
    for (let i = 0; ; i += 1) {
      await store.everywhere((tx) => tx.insertInto('setting').values({ key: String(i), value: '1' }).execute());
      console.log(i);
    }`;
  for (const least of [20, 40]) {
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', least === 20 ? script : script.replace('let i = 0', 'let i = 1e6')],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let said = '';
    child.stdout?.on('data', (chunk) => {
      said += chunk;
    });
    const gone = new Promise((resolve) => child.once('close', resolve));
    await until(() => said.split('\n').length > 20);
    child.kill('SIGKILL');
    await gone;
    const store = await openStateStore({ folder: own });
    const there = new Set(await keys(store));
    const told = said.split('\n').slice(0, -1);
    expect(told.filter((key) => !there.has(key))).toEqual([]);
    expect(there.size).toBeGreaterThanOrEqual(least);
    await store.close();
  }
}, 60_000);

test('the folder keeps its secret to itself, and an older store is brought up only after the backup was asked for', async () => {
  const own = join(folder, 'kept');
  const first = await openStateStore({ folder: own });
  await put(first, 'kept');
  await first.close();
  expect(statSync(join(own, 'password')).mode & 0o777).toBe(0o600);
  expect(statSync(join(own, 'cluster')).mode & 0o777).toBe(0o700);
  const asked: string[][] = [];
  const again = await openStateStore({
    folder: own,
    beforeMigration: async (_, pending) => void asked.push([...pending]),
  });
  expect(await keys(again)).toEqual(['kept']);
  expect(asked).toEqual([]);
  const client = new pg.Client({ connectionString: again.url });
  await client.connect();
  await client.query("insert into kysely_migration (name, timestamp) values ('9999-from-the-future', now()::text)");
  await client.end();
  await again.close();
  await expect(openStateStore({ folder: own })).rejects.toThrow(/newer Chaperone .*9999-from-the-future/);
});
