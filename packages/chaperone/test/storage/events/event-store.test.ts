import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChdbClient } from '../../../src/storage/events/chdb-client.ts';
import { Journal } from '../../../src/storage/events/journal.ts';
import { foundation, migrations } from '../../../src/storage/events/schema.ts';
import { EventEncoder, type EventStore, openEventStore, StoreUnavailable } from '../../../src/storage/index.ts';
import { eventBatch as batch, eventRow } from '../../../testkit/storage/event-rows.ts';
import { testEvents } from '../../../testkit/storage/test-events.ts';

let store: EventStore;
let folder: string;
let close: () => Promise<void>;
const ORG = randomUUID();

beforeAll(async () => {
  ({ store, folder, close } = await testEvents());
  await store.ensure(ORG);
});
afterAll(() => close?.());

const count = async (organization: string, of: EventStore = store) =>
  Number(
    (
      await of.query<{ n: string }>(organization, ({ events }) => `SELECT toString(uniqExact(id)) AS n FROM ${events}`)
    )[0].n,
  );

test('a row that can not be written spoils none beside it', async () => {
  const encoder = new EventEncoder();
  const [first, last] = [eventRow(), eventRow()];
  encoder.add(first);
  for (const id of ['', 'x', `${first.id}0`, `g${first.id.slice(1)}`, first.id.replaceAll('-', ':').slice(1)])
    expect(() => encoder.add(eventRow({ id }))).toThrow(TypeError);
  expect(() => encoder.add(eventRow({ findings: ['none'] }))).toThrow(TypeError);
  encoder.add(last);
  const rows = encoder.take();
  expect(rows.rows).toBe(2);
  await store.insert(ORG, rows);
  expect(await store.event(ORG, first.id)).toBeDefined();
  expect(await store.event(ORG, last.id)).toBeDefined();
});

test('what many write at once is joined, and each is answered when its own is stored', async () => {
  const organization = randomUUID();
  await store.ensure(organization);
  const rows = Array.from({ length: 200 }, () => eventRow());
  await Promise.all(
    rows.map(async (row) => {
      await store.insert(organization, batch([row]));
      expect(await store.event(organization, row.id)).toBeDefined();
    }),
  );
  const parts = await store.query<{ n: string }>(
    organization,
    ({ events }) => `SELECT toString(uniqExact(_part)) AS n FROM ${events}`,
  );
  expect(Number(parts[0].n)).toBeLessThan(100);
}, 60_000);

test('questions are answered side by side, and one that is given up keeps nobody', async () => {
  const slow = 'SELECT count() FROM numbers(1000000000000) WHERE cityHash64(number) = 1';
  const ask = (signal: AbortSignal) =>
    store.query(ORG, () => slow, {}, { signal, timeout: 3 }).catch((error) => String(error));
  const given = Array.from({ length: 6 }, () => new AbortController());
  const asked = given.slice(0, 2).map(({ signal }) => ask(signal));
  await store.query(ORG, () => 'SELECT 1');
  // More than are answered at once: the last ones wait, and when they are taken back aren't begun.
  asked.push(...given.slice(2).map(({ signal }) => ask(signal)));
  for (const one of given) one.abort(new Error('no longer wanted'));
  expect(await Promise.all(asked)).toEqual(given.map(() => 'Error: no longer wanted'));
  const begun = Date.now();
  await store.query(ORG, () => 'SELECT 1');
  expect(Date.now() - begun).toBeLessThan(8_000);
  const done = new AbortController();
  done.abort(new Error('never wanted'));
  expect(await ask(done.signal)).toBe('Error: never wanted');
}, 30_000);

test('a query that takes long does not stop events from being stored, and ends at its limit', async () => {
  const organization = randomUUID();
  await store.ensure(organization);
  const slow = Array.from({ length: 5 }, () =>
    store
      .query(
        organization,
        () => 'SELECT count() FROM numbers(100000000000) WHERE cityHash64(number) = 1',
        {},
        { timeout: 4 },
      )
      .then(
        () => 'answered',
        (error) => String(error),
      ),
  );
  const begun = Date.now();
  for (let i = 0; i < 5; i += 1) await store.insert(organization, batch([eventRow()]));
  const took = Date.now() - begun;
  for (const said of await Promise.all(slow)) expect(said).toMatch(/TIMEOUT_EXCEEDED|Timeout exceeded/);
  expect(took).toBeLessThan(3_500);
}, 40_000);

test('killed at random moments, the store keeps every event that it answered for, and comes back', async () => {
  const own = join(folder, 'killed');
  const client = await Journal.open(own);
  const database = 'org_killed';
  for (const statement of [...foundation(database), ...migrations(database).flat()]) await client.command(statement);
  const stored: string[] = [];
  let killed = 0;
  for (let round = 0; round < 20; round += 1) {
    const victim = client.pid;
    setTimeout(
      () => {
        if (victim !== undefined && process.kill(victim, 'SIGKILL')) killed += 1;
      },
      40 + ((round * 97) % 300),
    );
    // Rows are taken while the process is gone; where it is back before they are a second old, nobody is refused.
    while (client.pid === undefined || client.pid === victim) {
      const rows = Array.from({ length: 100 }, () => eventRow());
      try {
        await client.insert(`${database}.events`, [batch(rows).bytes]);
        stored.push(...rows.map(({ id }) => id));
      } catch (error) {
        expect(error).toBeInstanceOf(StoreUnavailable);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
  const rows = await client.query<{ id: string }>(`SELECT DISTINCT id FROM ${database}.events`, {});
  const there = new Set(rows.map(({ id }) => id));
  expect(killed).toBe(20);
  expect(stored.length).toBeGreaterThan(500);
  expect(stored.filter((id) => !there.has(id))).toEqual([]);
  await client.close();
}, 120_000);

test('when its parent is killed the process ends, and the next one finds what was stored', async () => {
  const own = join(folder, 'orphan');
  const [client, rows, schema] = ['journal', 'event-rows', 'schema'].map((name) =>
    JSON.stringify(
      new URL(
        name === 'event-rows' ? '../../../testkit/storage/event-rows.ts' : `../../../src/storage/events/${name}.ts`,
        import.meta.url,
      ),
    ),
  );
  const script = `
    const { Journal } = await import(${client});
    const { eventBatch, eventRow } = await import(${rows});
    const { foundation, migrations } = await import(${schema});
    const client = await Journal.open(${JSON.stringify(own)});
    for (const sql of [...foundation('org_x'), ...migrations('org_x').flat()]) await client.command(sql);
    await client.insert('org_x.events', [eventBatch([eventRow()]).bytes]);
    console.log(client.pid);
    setInterval(() => {}, 1000);
  `;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(parent.stdout, 'data');
  const pid = Number(String(said));
  expect(pid).toBeGreaterThan(1);
  parent.kill('SIGKILL');
  const gone = () => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  };
  await expect.poll(gone, { timeout: 20_000 }).toBe(true);
  const next = await Journal.open(own);
  expect(await next.query('SELECT toString(count()) AS n FROM org_x.events', {})).toEqual([{ n: '1' }]);
  await next.close();
}, 60_000);

const mayMount = process.getuid?.() === 0 && process.platform === 'linux';

test.runIf(mayMount)(
  'a full disk is said, nothing counts as stored, and it goes on when there is room',
  async () => {
    const mount = mkdtempSync(join(tmpdir(), 'chaperone-full-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', mount]);
    } catch {
      console.log('SKIPPED: a full disk (this machine does not allow mounting a small one)');
      return;
    }
    const small = await openEventStore({ folder: join(mount, 'events') });
    try {
      await small.ensure(ORG);
      await small.insert(ORG, batch([eventRow()]));
      writeFileSync(join(mount, 'ballast'), Buffer.alloc(1 << 20));
      for (;;) {
        try {
          writeFileSync(join(mount, 'ballast'), Buffer.alloc(64 << 10), { flag: 'a' });
        } catch {
          break;
        }
      }
      const noise = () =>
        Array.from({ length: 200 }, () => eventRow({ raw: Array.from({ length: 30 }, () => randomUUID()).join('') }));
      await expect(small.insert(ORG, batch(noise()))).rejects.toBeInstanceOf(StoreUnavailable);
      rmSync(join(mount, 'ballast'));
      await small.insert(ORG, batch(noise()));
      expect(await count(ORG, small)).toBe(201);
    } finally {
      await small.close();
      execFileSync('umount', ['-l', mount]);
      rmSync(mount, { recursive: true, force: true });
    }
  },
  60_000,
);

test('the statements for a cluster are sound SQL', async () => {
  mkdirSync(join(folder, 'parse'), { recursive: true });
  const statements = [...foundation('org_x', { name: 'clinic' }), ...migrations('org_x', { name: 'clinic' }).flat()];
  for (const sql of statements) {
    const [{ said }] = await store.query<{ said: string }>(ORG, () => 'SELECT formatQuery({sql:String}) AS said', {
      sql,
    });
    expect(said).toMatch(/ON CLUSTER/);
  }
});

test('a process that hangs is ended and comes back; what was asked of it is said to be not stored', async () => {
  const client = await ChdbClient.open(join(folder, 'hangs'), 100);
  const hanging = client.pid!;
  process.kill(hanging, 'SIGSTOP');
  await expect(client.query('SELECT 1', {})).rejects.toBeInstanceOf(StoreUnavailable);
  for (;;) {
    const answer = await client.query<{ n: number }>('SELECT 1 AS n', {}).catch(() => undefined);
    if (answer !== undefined) {
      expect(answer).toEqual([{ n: 1 }]);
      break;
    }
    await new Promise((later) => setTimeout(later, 50));
  }
  expect(client.pid).not.toBe(hanging);
  await client.close();
}, 30_000);
