import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EventBackupError, type EventStore } from '../../src/storage/index.ts';
import { eventBatch as batch, eventRow } from './event-rows.ts';

/** What every event store keeps to, in whatever form it runs. `open` makes an empty one; call once in a test file. */
export function eventStoreContract(open: () => Promise<{ store: EventStore; close(): Promise<void> }>): void {
  let store: EventStore;
  let close: () => Promise<void>;
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-contract-'));
  const ORG = randomUUID();
  const DAY = 86_400_000_000;

  beforeAll(async () => {
    ({ store, close } = await open());
    await store.ensure(ORG);
  });
  afterAll(async () => {
    await close?.();
    rmSync(folder, { recursive: true, force: true });
  });

  const count = async (organization: string) =>
    Number(
      (
        await store.query<{ n: string }>(
          organization,
          ({ events }) => `SELECT toString(uniqExact(id)) AS n FROM ${events}`,
        )
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
}
