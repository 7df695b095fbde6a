import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  backup,
  EventEncoder,
  type EventStore,
  lockDataFolder,
  masterKey,
  type OpenStateStore,
  openEventStore,
  openStateStore,
  type RestoreOptions,
  restore,
  verifyBackup,
} from '../../../src/storage/index.ts';
import { eventRow } from '../../../testkit/storage/event-rows.ts';
import { testEvents } from '../../../testkit/storage/test-events.ts';
import { type TestState, testState } from '../../../testkit/storage/test-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'chaperone-backup-'));
chmodSync(folder, 0o711);
let state: TestState;
let events: EventStore;
let closeEvents: () => Promise<void>;
const ours = randomUUID();
const row = eventRow({ raw: "it's \\ \t\n\0 kept" });

beforeAll(async () => {
  state = await testState();
  ({ store: events, close: closeEvents } = await testEvents());
  await events.ensure(ours);
  const encoder = new EventEncoder();
  encoder.add(row);
  await events.insert(ours, encoder.take());
});
afterAll(async () => {
  await state?.close();
  await closeEvents?.();
  rmSync(folder, { recursive: true, force: true });
});

/** Something in tables of every kind: numbers beyond 2^32, lists, hostile text, microseconds, a chain. */
async function fill(store: OpenStateStore): Promise<void> {
  await store.everywhere(async (tx) => {
    await tx
      .insertInto('organization')
      .values({ id: ours, slug: 'ours', name: "O'Hara \\ “Klinik”\n\t💉", side: 'client', zone: 'Europe/Zurich' })
      .execute();
    const user = randomUUID();
    await tx.insertInto('app_user').values({ id: user, email: 'a@example.org', name: 'A' }).execute();
    await tx
      .insertInto('session')
      .values({ id: 'old', user_id: user, state: 'full', expires_at: new Date() })
      .execute();
    await tx.insertInto('membership').values({ user_id: user, organization_id: ours, role: 'viewer' }).execute();
    await tx
      .insertInto('token')
      .values({
        id: randomUUID(),
        organization_id: ours,
        kind: 'api',
        name: 't',
        hash: 'h',
        prefix: 'chp_',
        role: 'viewer',
        scopes: ['findings:read', 'a "quoted", one', ''],
      })
      .execute();
    await tx
      .insertInto('checkpoint')
      .values({ organization_id: ours, received: 2 ** 52 + 1 })
      .execute();
    for (let sequence = 1; sequence <= 2500; sequence += 1)
      await sql`insert into audit_record (id, organization_id, sequence, at, actor_kind, actor_name, action, outcome, detail, hash, previous_hash)
        values (gen_random_uuid(), ${sequence % 2 === 0 ? ours : null}, ${sequence}, now() + interval '1 microsecond' * ${sequence}, 'system', 'x',
        'probe', 'success', ${JSON.stringify({ line: `</script>\r\n${sequence}\u2028`, big: 9007199254740991 })}, 'h', 'p')`.execute(
        tx,
      );
  });
}

/** Every row of every table, as text. */
async function everything(url: string): Promise<Map<string, string[]>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const tables = await client.query(
    "select tablename from pg_tables where schemaname = 'public' and tablename not like 'kysely%'",
  );
  const found = new Map<string, string[]>();
  for (const { tablename } of tables.rows) {
    const { rows } = await client.query(`select t::text as row from "${tablename}" t order by 1`);
    found.set(
      tablename,
      rows.map(({ row }) => row),
    );
  }
  await client.end();
  return found;
}

const program = '0.0.0';
const never = async (): Promise<never> => {
  throw new Error('must not be asked for');
};

/** The event store that all tests share, which must stay open. */
const bound = (store: EventStore) => ({
  ensure: store.ensure.bind(store),
  size: store.size.bind(store),
  restore: store.restore.bind(store),
  close: async () => {},
});

/** A backup of a filled store with events, and what was in it. */
async function made(name: string) {
  const { store, url } = await state.fresh();
  await fill(store);
  const data = join(folder, `${name}-data`);
  const key = masterKey(data);
  const to = join(folder, name);
  const manifest = await backup({ state: store, events, data, to, program });
  return { to, key, manifest, url, store };
}

test('what is restored is what was there, row by row, with its rights and its keys', async () => {
  const { to, key, manifest, url } = await made('whole');
  expect(statSync(to).mode & 0o777).toBe(0o700);
  expect(manifest.state.tables.find(({ name }) => name === 'audit_record')).toEqual({
    name: 'audit_record',
    rows: 2500,
  });
  const data = join(folder, 'whole-again');
  const openEvents = () => openEventStore({ folder: join(data, 'events') });
  await restore({ from: to, data, openEvents });
  const kept = await openEvents();
  expect((await kept.event(ours, row.id))?.raw).toBe(row.raw);
  await kept.close();
  expect(masterKey(data)).toEqual(key);
  expect(statSync(join(data, 'keys', 'master.key')).mode & 0o777).toBe(0o600);
  const before = await everything(url);
  const lock = lockDataFolder(data);
  const again = await openStateStore({ folder: join(data, 'postgres') });
  try {
    const after = await everything(again.url);
    expect(after.size).toBe(before.size);
    for (const [table, rows] of before)
      expect([table, after.get(table)]).toEqual([table, table === 'session' ? [] : rows]);
    expect(await again.within(randomUUID(), (tx) => tx.selectFrom('checkpoint').selectAll().execute())).toEqual([]);
    await expect(again.everywhere((tx) => tx.deleteFrom('audit_record').execute())).rejects.toThrow('append-only');
  } finally {
    await again.close();
    lock.release();
  }
});

test('a backup is of one moment, whatever is written meanwhile', async () => {
  const { store } = await state.fresh();
  const add = () => {
    const id = randomUUID();
    return store.everywhere(async (tx) => {
      await tx.insertInto('organization').values({ id, slug: id, name: id, side: 'client', zone: 'UTC' }).execute();
      await tx.insertInto('checkpoint').values({ organization_id: id, received: 1 }).execute();
    });
  };
  for (let i = 0; i < 50; i += 1) await add();
  let going = true;
  const writing = (async () => {
    while (going) await add();
  })();
  const { state: parts } = await backup({ state: store, data: folder, to: join(folder, 'moment'), program });
  going = false;
  await writing;
  const rows = (name: string) => parts.tables.find((table) => table.name === name)?.rows;
  expect(rows('organization')).toBeGreaterThanOrEqual(50);
  expect(rows('checkpoint')).toBe(rows('organization'));
});

test('a PostgreSQL of the user’s own, as a user who is no superuser', async () => {
  const admin = new URL(state.server.url);
  admin.pathname = '/postgres';
  const client = new pg.Client({ connectionString: admin.href });
  await client.connect();
  await client.query("create role plain login createrole password 'x'");
  await client.query('grant chaperone_member, chaperone_system to plain with admin option');
  for (const name of ['plain_from', 'plain_to']) await client.query(`create database ${name} owner plain`);
  await client.end();
  const url = (name: string) => `postgres://plain:x@127.0.0.1:${admin.port}/${name}`;
  const store = await openStateStore({ url: url('plain_from') });
  await fill(store);
  const to = join(folder, 'plain');
  await backup({ state: store, data: folder, to, program });
  const options: RestoreOptions = {
    from: to,
    data: join(folder, 'plain-data'),
    stateUrl: url('plain_to'),
    openEvents: never,
  };
  await restore(options);
  const restored = await openStateStore({ url: url('plain_to') });
  const trail = (one: OpenStateStore) =>
    one.everywhere((tx) => tx.selectFrom('audit_record').selectAll().orderBy('sequence').execute());
  expect(await trail(restored)).toEqual(await trail(store));
  await restored.close();
  await store.close();
  const other = { ...options, data: join(folder, 'plain-other') };
  await expect(restore(other)).rejects.toMatchObject({ code: 'store_not_empty' });
});

test('a backup that isn’t whole is refused before anything is touched', async () => {
  const { to, store } = await made('broken');
  const data = join(folder, 'broken-again');
  const refused = async (mend: () => void, message: RegExp) => {
    await expect(verifyBackup(to)).rejects.toThrow(message);
    await expect(restore({ from: to, data, openEvents: never })).rejects.toThrow(message);
    mend();
    await verifyBackup(to);
  };
  const replaced = (path: string, change: (bytes: Buffer) => Buffer | string) => {
    const bytes = readFileSync(join(to, path));
    writeFileSync(join(to, path), change(bytes));
    return () => writeFileSync(join(to, path), bytes);
  };
  const flip = (bytes: Buffer) => {
    const other = Buffer.from(bytes);
    other[other.length >> 1] ^= 1;
    return other;
  };
  const trail = 'state/audit_record.ndjson.zst';
  await refused(replaced(trail, flip), /audit_record\.ndjson\.zst is not what was written/);
  await refused(
    replaced(trail, (bytes) => bytes.subarray(9)),
    /audit_record\.ndjson\.zst has \d+ bytes instead of \d+/,
  );
  await refused(replaced('keys/master.key', flip), /master\.key is not what was written/);
  writeFileSync(join(to, 'state', 'planted'), '');
  await refused(() => rmSync(join(to, 'state', 'planted')), /state\/planted does not belong/);
  const file = readFileSync(join(to, trail));
  rmSync(join(to, trail));
  await refused(() => writeFileSync(join(to, trail), file), /audit_record\.ndjson\.zst is missing/);
  await refused(
    replaced('manifest.json', (bytes) => bytes.subarray(0, 99)),
    /holds no whole backup/,
  );
  await refused(
    replaced('manifest.json', () => '{"format":2}'),
    /newer Chaperone/,
  );
  await refused(
    replaced('manifest.json', () => '{"format":1}'),
    /not as Chaperone writes it/,
  );

  // Well hashed, but of a Chaperone that knows more migrations than this one.
  const known = replaced('manifest.json', (bytes) =>
    bytes.toString().replace('"0001-first"', '"0001-first", "9999-new"'),
  );
  await expect(restore({ from: to, data, openEvents: never })).rejects.toThrow(/newer Chaperone .*9999-new/);
  known();
  expect(statSync(data, { throwIfNoEntry: false })).toBeUndefined();
  await store.close();
});

test('a data folder that isn’t empty is left alone, or set aside where that is said', async () => {
  const { to } = await made('aside');
  const data = join(folder, 'aside-again');
  masterKey(data);
  const mine = readFileSync(join(data, 'keys', 'master.key'));
  const options: RestoreOptions = {
    from: to,
    data,
    openEvents: () => openEventStore({ folder: join(data, 'events') }),
  };
  await expect(restore(options)).rejects.toMatchObject({ code: 'data_folder_not_empty' });
  expect(masterKey(data)).toEqual(mine);
  const filled = { ...options, data: join(folder, 'aside-filled'), openEvents: async () => bound(events) };
  for (let i = 0; i < 2; i += 1) await expect(restore(filled)).rejects.toMatchObject({ code: 'event_store_not_empty' });
  const lock = lockDataFolder(data);
  await expect(restore({ ...options, replace: true })).rejects.toMatchObject({ code: 'data_folder_in_use' });
  lock.release();

  // Broken off in the middle: no service starts on it, and the next try needs no flag.
  await expect(restore({ ...options, replace: true, openEvents: never })).rejects.toThrow('must not be asked for');
  expect(() => lockDataFolder(data)).toThrow(/broken off/);
  await restore(options);
  lockDataFolder(data).release();
  const aside = readdirSync(data).filter((name) => name.startsWith('replaced-'));
  expect(aside).toHaveLength(2);
  expect(readFileSync(join(data, aside.sort()[0], 'keys', 'master.key'))).toEqual(mine);
});

test('a backup that fails leaves nothing that looks like one, and never writes over another', async () => {
  const { to, store } = await made('failing');
  const options = { state: store, data: folder, program };
  await expect(backup({ ...options, to })).rejects.toMatchObject({ code: 'target_not_empty' });
  await verifyBackup(to);
  const other = join(folder, 'failing-again');
  // The event store has ended when its turn comes.
  const { store: ended, close } = await testEvents();
  await close();
  await expect(backup({ ...options, to: other, events: ended })).rejects.toThrow();
  expect(readdirSync(other)).toEqual([]);
  const gone = new URL(store.url);
  gone.port = '1';
  const away = { ...options, state: { url: gone.href }, to: other };
  await expect(backup(away)).rejects.toMatchObject({ code: 'store_unavailable' });
});
