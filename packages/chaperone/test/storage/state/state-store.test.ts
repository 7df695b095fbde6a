import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Notice, type OpenStateStore, openStateStore, StoreUnavailable } from '../../../src/storage/index.ts';
import { startEmbedded } from '../../../src/storage/state/embedded/embedded-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'chaperone-state-'));
chmodSync(folder, 0o711);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const until = async (holds: () => boolean | Promise<boolean>) => {
  for (let i = 0; i < 400; i += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('waited in vain');
};

const put = (store: OpenStateStore, key: string) =>
  store.everywhere((tx) => tx.insertInto('setting').values({ key, value: '1' }).execute());
const keys = (store: OpenStateStore) =>
  store
    .everywhere((tx) => tx.selectFrom('setting').select('key').orderBy('key').execute())
    .then((rows) => rows.map(({ key }) => key));

/** The same promises for our own server and for one by URL. */
describe.each(['embedded', 'by URL'])('the state store, %s', (form) => {
  let store: OpenStateStore;
  let stop: () => Promise<void> = async () => {};

  beforeAll(async () => {
    if (form === 'embedded') {
      store = await openStateStore({ folder: join(folder, 'own') });
      return;
    }
    // A server of the user's own, where we are no superuser but may make roles.
    const server = await startEmbedded(join(folder, 'theirs'));
    const admin = new URL(server.url);
    admin.pathname = '/postgres';
    const client = new pg.Client({ connectionString: admin.href });
    await client.connect();
    await client.query("create role clinic login createrole password 'x'");
    await client.query('create database clinic owner clinic');
    await client.end();
    stop = () => server.stop();
    store = await openStateStore({ url: `postgres://clinic:x@127.0.0.1:${admin.port}/clinic` });
  });
  afterAll(async () => {
    await store?.close();
    await stop();
  });

  test('what was committed is there, what was thrown is not, and an own error comes through as it is', async () => {
    await put(store, 'one');
    const failed = store.everywhere(async (tx) => {
      await tx.insertInto('setting').values({ key: 'two', value: '2' }).execute();
      throw new RangeError('no');
    });
    await expect(failed).rejects.toBeInstanceOf(RangeError);
    expect(await keys(store)).toEqual(['one']);
  });

  test('an organisation is kept to its own rows', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    await store.everywhere((tx) =>
      tx
        .insertInto('organization')
        .values([a, b].map((id) => ({ id, slug: `o${id}`, name: 'x', side: 'client' as const, zone: 'UTC' })))
        .execute(),
    );
    await store.within(a, (tx) =>
      tx
        .insertInto('checkpoint')
        .values({ organization_id: a, received: 2 ** 50 })
        .execute(),
    );
    expect(await store.within(a, (tx) => tx.selectFrom('checkpoint').select('received').execute())).toEqual([
      { received: 2 ** 50 },
    ]);
    expect(await store.within(b, (tx) => tx.selectFrom('checkpoint').selectAll().execute())).toEqual([]);
    const planted = store.within(b, (tx) =>
      tx.insertInto('checkpoint').values({ organization_id: a, received: 1 }).execute(),
    );
    await expect(planted).rejects.toThrow('row-level security');
  });

  test('a change is announced when its transaction commits, and not when it fails', async () => {
    const heard: Notice[] = [];
    const deaf = store.listen((notice) => heard.push(notice));
    const organization = randomUUID();
    await until(async () => {
      await store.everywhere((tx) => store.announce(tx, { organization: null, kind: 'probe' }));
      return heard.length > 0;
    });
    heard.length = 0;
    await store
      .everywhere(async (tx) => {
        await store.announce(tx, { organization, kind: 'finding', id: 'lost' });
        throw new Error('undone');
      })
      .catch(() => {});
    await store.everywhere((tx) => store.announce(tx, { organization, kind: 'finding', id: 'kept' }));
    await until(() => heard.some(({ kind }) => kind === 'finding'));
    expect(heard.filter(({ kind }) => kind === 'finding')).toEqual([{ organization, kind: 'finding', id: 'kept' }]);
    deaf();
  });
});

test('our own server that dies comes back; until then the store says that it is unavailable; nothing committed is lost', async () => {
  const store = await openStateStore({ folder: join(folder, 'dying') });
  try {
    let gaps = 0;
    store.listen(
      () => {},
      () => {
        gaps += 1;
      },
    );
    const committed: string[] = [];
    let killed = false;
    for (let i = 0; i < 60; i += 1) {
      const key = String(i).padStart(3, '0');
      await put(store, key).then(
        () => committed.push(key),
        (error) => {
          expect(error).toBeInstanceOf(StoreUnavailable);
          expect(error.retryAfter).toBeGreaterThan(0);
        },
      );
      if (i === 20) {
        const client = new pg.Client({ connectionString: store.url });
        client.on('error', () => {});
        await client.connect();
        const { rows } = await client.query("select pg_read_file('postmaster.pid') as text");
        process.kill(Number(rows[0].text.split('\n')[0]), 'SIGKILL');
        killed = true;
        await client.end().catch(() => {});
      }
      if (i > 20 && i < 30) await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(killed).toBe(true);
    await until(() =>
      store.ping().then(
        () => true,
        () => false,
      ),
    );
    const there = await keys(store);
    expect(there).toEqual(expect.arrayContaining(committed));
    expect(committed.length).toBeGreaterThan(30);
    await until(() => gaps > 0);
  } finally {
    await store.close();
  }
});

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
