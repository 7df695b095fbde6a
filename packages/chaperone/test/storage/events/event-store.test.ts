import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ChdbClient } from '../../../src/storage/events/chdb-client.ts';
import { foundation, migrations } from '../../../src/storage/events/schema.ts';
import {
  EventEncoder,
  type EventRow,
  type EventStore,
  openEventStore,
  StoreUnavailable,
} from '../../../src/storage/index.ts';
import { eventRow } from '../../../testkit/storage/event-rows.ts';
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

function batch(rows: readonly EventRow[]) {
  const encoder = new EventEncoder();
  for (const row of rows) encoder.add(row);
  return encoder.take();
}

const count = async (organization: string, of: EventStore = store) =>
  Number(
    (
      await of.query<{ n: string }>(organization, ({ events }) => `SELECT toString(uniqExact(id)) AS n FROM ${events}`)
    )[0].n,
  );

test('an event is read back as it was written', async () => {
  const row = eventRow({
    rules: ['a-rule'],
    findings: [randomUUID()],
    normal: ['user.name', 'x', 'src_endpoint.ip', '::1'],
  });
  await store.insert(ORG, batch([row]));
  const { fields, numbers, normal, ...rest } = row;
  expect(await store.event(ORG, row.id)).toEqual({
    ...rest,
    timed: true,
    normal: { 'user.name': 'x', 'src_endpoint.ip': '::1' },
    fields: Object.fromEntries(fields),
    numbers: Object.fromEntries(numbers),
  });
  expect(await store.event(ORG, randomUUID())).toBeUndefined();
});

test('whatever a log holds comes back to the letter, without halves of characters', async () => {
  const organization = randomUUID();
  await store.ensure(organization);
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      "'",
      '\\',
      "\\'",
      '\t',
      '\n',
      '\r\n',
      '\0',
      '\\N',
      '\\t',
      "{'a':['b']}",
      '[]',
      '\ud800',
      '\u2028',
      '%',
      'ı',
      '\ufeff',
    ),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          raw: hostile,
          host: hostile,
          name: hostile,
          values: fc.array(hostile, { maxLength: 3 }),
          number: fc.double({ noNaN: true, noDefaultInfinity: true }),
        }),
        { minLength: 1, maxLength: 20 },
      ),
      async (given) => {
        const rows = given.map(({ raw, host, name, values, number }) =>
          eventRow({
            raw,
            host,
            fields: [[name, values]],
            numbers: [['n', [number]]],
            normal: [name, host],
            attribution_by: values,
          }),
        );
        await store.insert(organization, batch(rows));
        for (const row of rows) {
          const back = await store.event(organization, row.id);
          const whole = (text: string) => text.toWellFormed();
          const [[name, values]] = [...row.fields];
          expect(back?.raw).toBe(whole(row.raw));
          expect(back?.host).toBe(whole(row.host));
          expect(back?.fields).toEqual({ [whole(name)]: values.map(whole) });
          expect(back?.normal).toEqual({ [whole(row.normal[0])]: whole(row.normal[1]) });
          expect(back?.attribution_by).toEqual(row.attribution_by.map(whole));
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('what is huge is kept whole', async () => {
  const raw = 'ä€😀x'.repeat(700_000);
  const fields = Array.from({ length: 100_000 }, (_, i): [string, string[]] => [`field ${i}`, [String(i)]]);
  const row = eventRow({ raw, fields, normal: ['a', 'x'.repeat(20_000)], host: 'é'.repeat(5_461) });
  await store.insert(ORG, batch([eventRow(), row, eventRow()]));
  const back = await store.event(ORG, row.id);
  expect(back?.raw === raw).toBe(true);
  expect(back?.host).toBe(row.host);
  expect(back?.normal).toEqual({ a: 'x'.repeat(20_000) });
  expect(Object.keys(back?.fields ?? {})).toHaveLength(100_000);
});

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

test('an event without a time, or with an impossible one, is kept under the time of its receipt, or the nearest that can be said', async () => {
  const rows = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1e30].map((time) =>
    eventRow({ time }),
  );
  await store.insert(ORG, batch(rows));
  const [untimed, ...clamped] = await Promise.all(rows.map(({ id }) => store.event(ORG, id)));
  expect(untimed).toMatchObject({ timed: false, time: rows[0].received });
  for (const one of clamped) expect(one).toMatchObject({ timed: true });
});

test('a delivery that comes twice is one event', async () => {
  const organization = randomUUID();
  await store.ensure(organization);
  const rows = Array.from({ length: 50 }, () => eventRow());
  for (let i = 0; i < 3; i += 1) await store.insert(organization, batch(rows));
  expect(await count(organization)).toBe(50);
  const once = await store.query<{ n: string }>(
    organization,
    ({ events }) => `SELECT toString(count()) AS n FROM ${events} FINAL`,
  );
  expect(once[0].n).toBe('50');
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

test('organisations have databases of their own, and a name that is none is refused', async () => {
  const other = randomUUID();
  await store.ensure(other);
  expect(await count(other)).toBe(0);
  for (const bad of ['x', "a'; DROP DATABASE default; --", `${ORG}x`])
    expect(() => store.query(bad, () => 'SELECT 1')).toThrow(TypeError);
  await store.drop(other);
  await expect(count(other)).rejects.toThrow(/UNKNOWN_DATABASE|does not exist/);
});

test('old events go, those of a source that is held stay', async () => {
  const organization = randomUUID();
  await store.ensure(organization);
  const [held, free] = [randomUUID(), randomUUID()];
  const at = (days: number) => (1_780_000_000 - days * 86_400) * 1e6;
  const rows = [held, free].flatMap((source) =>
    [100, 10].map((days) => eventRow({ source, received: at(days), time: at(days) })),
  );
  await store.insert(organization, batch(rows));
  await store.expire(organization, at(30), { except: [held] });
  const left = await store.query<{ id: string }>(organization, ({ events }) => `SELECT id FROM ${events}`);
  expect(left.map(({ id }) => id).sort()).toEqual([rows[0], rows[1], rows[3]].map(({ id }) => id).sort());
});

test('days of which nothing stays go as a whole', async () => {
  const organization = randomUUID();
  await store.ensure(organization);
  const at = (days: number) => (1_780_000_000 - days * 86_400) * 1e6;
  const rows = Array.from({ length: 40 }, (_, i) => eventRow({ received: at(i), time: at(i) }));
  await store.insert(organization, batch(rows));
  await store.expire(organization, at(9.5), {});
  expect(await count(organization)).toBe(10);
  const deleted = await store.query<{ n: string }>(
    organization,
    ({ database }) =>
      `SELECT toString(count()) AS n FROM system.mutations WHERE database = '${database}' AND table = 'events'`,
  );
  expect(deleted).toEqual([{ n: '0' }]);
  await store.expire(organization, at(-1), { only: [randomUUID()] });
  expect(await count(organization)).toBe(10);
  await store.expire(organization, Date.now() * 1000, {});
  expect(await count(organization)).toBe(0);
});

test('a question can write nothing, and read neither files nor addresses', async () => {
  for (const sql of [
    "SELECT * FROM file('/etc/hostname', LineAsString)",
    "SELECT * FROM url('http://127.0.0.1:1/', CSV, 'x String')",
  ])
    await expect(store.query(ORG, () => sql)).rejects.toThrow(/readonly/);
  await expect(store.query(ORG, ({ database }) => `DROP DATABASE ${database}`)).rejects.toThrow();
});

test('questions are answered side by side, and one that is given up is stopped', async () => {
  const slow = 'SELECT count() FROM numbers(1000000000000) WHERE cityHash64(number) = 1';
  const running = () => store.query(ORG, () => `SELECT query FROM system.processes WHERE query LIKE '%numbers(10000%'`);
  // More than are answered at once: the last ones wait.
  const given = Array.from({ length: 5 }, () => new AbortController());
  const asked = given.slice(0, 2).map(({ signal }) => store.query(ORG, () => slow, {}, { signal }).catch((e) => e));
  await store.query(ORG, () => 'SELECT 1');
  expect((await running()).length).toBeGreaterThanOrEqual(2);
  asked.push(...given.slice(2).map(({ signal }) => store.query(ORG, () => slow, {}, { signal }).catch((e) => e)));
  for (const one of given) one.abort(new Error('no longer wanted'));
  for (const said of await Promise.all(asked)) expect(said).toMatchObject({ message: 'no longer wanted' });
  await expect.poll(async () => (await running()).length, { timeout: 10_000 }).toBeLessThanOrEqual(1);
  const done = new AbortController();
  done.abort(new Error('never wanted'));
  await expect(store.query(ORG, () => 'SELECT 1', {}, { signal: done.signal })).rejects.toThrow('never wanted');
});

test('activity is counted by hour, and an invented time can make no more partitions than are allowed', async () => {
  const organization = randomUUID();
  await store.ensure(organization);
  const hour = 3_600_000_000;
  const base = 1_780_000_000_000_000 - (1_780_000_000_000_000 % hour);
  const rows = [0, 1, 2].flatMap((n) => Array.from({ length: n + 1 }, () => eventRow({ time: base + n * hour })));
  const odd = Array.from({ length: 300 }, (_, i) => eventRow({ time: (i - 100) * 365 * 24 * hour * 7 }));
  await store.insert(organization, batch([...rows, ...odd]));
  const found = await store.query<{ events: string }>(
    organization,
    ({ activity }) =>
      `SELECT toString(sum(events)) AS events FROM ${activity} WHERE hour BETWEEN toDateTime(${base / 1e6}) AND toDateTime(${base / 1e6 + 7200}) GROUP BY hour ORDER BY hour`,
  );
  expect(found.map(({ events }) => Number(events))).toEqual([1, 2, 3]);
});

test('a query that takes long does not stop events from being stored, and ends at its limit', async () => {
  const organization = randomUUID();
  await store.ensure(organization);
  const slow = store
    .query(
      organization,
      () => 'SELECT count() FROM numbers(100000000000) WHERE cityHash64(number) = 1',
      {},
      { timeout: 4 },
    )
    .then(
      () => 'answered',
      (error) => String(error),
    );
  const begun = Date.now();
  for (let i = 0; i < 5; i += 1) await store.insert(organization, batch([eventRow()]));
  const took = Date.now() - begun;
  expect(await slow).toMatch(/TIMEOUT_EXCEEDED|Timeout exceeded/);
  expect(took).toBeLessThan(3_500);
});

test('killed at random moments, the store keeps every event that it answered for, and comes back', async () => {
  const own = join(folder, 'killed');
  const client = await ChdbClient.open(own);
  const database = 'org_killed';
  for (const statement of [...foundation(database), ...migrations(database).flat()]) await client.command(statement);
  const stored: string[] = [];
  let failed = 0;
  for (let round = 0; round < 8; round += 1) {
    const victim = client.pid;
    setTimeout(() => victim !== undefined && process.kill(victim, 'SIGKILL'), 40 + round * 35);
    for (;;) {
      const rows = Array.from({ length: 100 }, () => eventRow());
      try {
        await client.insert(`${database}.events`, [batch(rows).bytes]);
        stored.push(...rows.map(({ id }) => id));
      } catch (error) {
        expect(error).toBeInstanceOf(StoreUnavailable);
        failed += 1;
        break;
      }
    }
    while (client.pid === undefined || client.pid === victim) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const rows = await client.query<{ id: string }>(`SELECT DISTINCT id FROM ${database}.events`, {});
  const there = new Set(rows.map(({ id }) => id));
  expect(failed).toBe(8);
  expect(stored.length).toBeGreaterThan(500);
  expect(stored.filter((id) => !there.has(id))).toEqual([]);
  await client.close();
}, 120_000);

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
