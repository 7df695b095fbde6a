import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenStateStore } from '../../../src/storage/index.ts';
import { type TestState, testState } from '../../../testkit/storage/test-state.ts';

let state: TestState;
let store: OpenStateStore;
let raw: <T>(sql: string, values?: unknown[]) => Promise<T[]>;
const [OURS, THEIRS] = [randomUUID(), randomUUID()];

beforeAll(async () => {
  state = await testState();
  ({ store, raw } = await state.fresh());
  await store.everywhere(async (tx) => {
    for (const [id, slug] of [
      [OURS, 'ours'],
      [THEIRS, 'theirs'],
    ])
      await tx.insertInto('organization').values({ id, slug, name: slug, side: 'client', zone: 'UTC' }).execute();
  });
});
afterAll(() => state?.close());

interface Column {
  table: string;
  name: string;
  type: string;
  required: boolean;
  check: string | null;
}

async function tables(): Promise<Map<string, Column[]>> {
  const columns = await raw<Column>(`
    select c.relname as table, a.attname as name, format_type(a.atttypid, null) as type,
      a.attnotnull and not a.atthasdef as required,
      (select string_agg(pg_get_constraintdef(k.oid), ' ') from pg_constraint k
        where k.conrelid = c.oid and k.contype = 'c' and a.attnum = any (k.conkey)) as check
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
    where n.nspname = 'public' and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and c.relname not like 'kysely%'`);
  const found = new Map<string, Column[]>();
  for (const column of columns) found.set(column.table, [...(found.get(column.table) ?? []), column]);
  return new Map([...found].filter(([, list]) => list.some(({ name }) => name === 'organization_id')));
}

/** A row of `organization` with every column that must be given. */
function row(table: string, columns: readonly Column[], organization: string): Map<string, unknown> {
  const value = ({ name, type, check }: Column): unknown => {
    if (name === 'organization_id') return organization;
    const word = /'([^']*)'::text/.exec(check ?? '')?.[1];
    if (type === 'uuid') return randomUUID();
    if (type === 'jsonb') return '{}';
    if (type === 'boolean') return false;
    if (/int/.test(type)) return 1;
    if (/timestamp/.test(type)) return new Date();
    return word ?? randomUUID();
  };
  const given = columns.filter(({ required, name }) => required || name === 'organization_id');
  const values = new Map(given.map((column) => [column.name, value(column)]));
  if (table === 'token') values.set('kind', 'api');
  if (table === 'token' || table === 'membership') values.set('role', 'viewer');
  return values;
}

/** Plants it past all policies and references. */
async function plant(table: string, values: Map<string, unknown>): Promise<void> {
  await raw(
    `with off as (select set_config('session_replication_role', 'replica', false))
     insert into "${table}" (${[...values.keys()].join(', ')}) select ${[...values].map((_, i) => `$${i + 1}`).join(', ')} from off`,
    [...values.values()],
  );
}

test('every table with an organisation has row-level security, forced', async () => {
  const rows = await raw<{ relname: string; ok: boolean; policies: number }>(`
    select c.relname, c.relrowsecurity and c.relforcerowsecurity as ok,
      (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p')
      and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id')`);
  expect(rows.length).toBeGreaterThan(20);
  for (const { relname, ok, policies } of rows) expect([relname, ok, policies]).toEqual([relname, true, 2]);
});

test('no table lets one organisation read, change, delete or plant the rows of another', async () => {
  const all = await tables();
  expect(all.size).toBeGreaterThan(20);
  for (const [table, columns] of all) {
    await plant(table, row(table, columns, THEIRS));
    await plant(table, row(table, columns, OURS));
    const seen = await store.within(OURS, (tx) =>
      sql<{ organization_id: string }>`select organization_id from ${sql.table(table)}`.execute(tx),
    );
    expect([table, seen.rows.map(({ organization_id }) => organization_id)]).toEqual([table, [OURS]]);
    const theirs = (verb: string) =>
      store
        .within(OURS, (tx) => sql`${sql.raw(verb)} where organization_id = ${THEIRS}`.execute(tx))
        .then(({ numAffectedRows }) => Number(numAffectedRows));
    expect([table, await theirs(`delete from "${table}"`)]).toEqual([table, 0]);
    expect([table, await theirs(`update "${table}" set organization_id = '${OURS}'`)]).toEqual([table, 0]);
    const planted = row(table, columns, THEIRS);
    const planting = store.within(OURS, (tx) =>
      sql`insert into ${sql.table(table)} (${sql.join([...planted.keys()].map((name) => sql.ref(name)))})
        values (${sql.join([...planted.values()])})`.execute(tx),
    );
    await expect(planting, table).rejects.toThrow('row-level security');
    // Handing a row over to another organisation is refused, whichever way.
    const handing = store.within(OURS, (tx) =>
      sql`update ${sql.table(table)} set organization_id = ${THEIRS}`.execute(tx),
    );
    await expect(handing, table).rejects.toThrow(/row-level security|append-only/);
  }
});

test('nothing of one organisation can belong to a source or feed of another, which foreign keys would see', async () => {
  const [source, feed] = [randomUUID(), randomUUID()];
  await store.within(THEIRS, async (tx) => {
    const named = { organization_id: THEIRS, name: 'x', settings: '{}' };
    await tx
      .insertInto('source')
      .values({ ...named, id: source, slug: 'x', kind: 'syslog', masking: '[]' })
      .execute();
    await tx
      .insertInto('indicator_feed')
      .values({ ...named, id: feed, kind: 'csv' })
      .execute();
  });
  let tried = 0;
  for (const [table, columns] of await tables()) {
    const reference = columns.find(({ name }) => name === 'source_id' || name === 'feed_id')?.name;
    // A finding only says where it came from.
    if (reference === undefined || table === 'finding') continue;
    const values = row(table, columns, OURS).set(reference, reference === 'feed_id' ? feed : source);
    if (table === 'token') values.set('kind', 'ingest').delete('role');
    const planting = store.within(OURS, (tx) =>
      sql`insert into ${sql.table(table)} (${sql.join([...values.keys()].map((name) => sql.ref(name)))})
        values (${sql.join([...values.values()])})`.execute(tx),
    );
    await expect(planting, table).rejects.toMatchObject({ code: '23503' });
    tried += 1;
  }
  expect(tried).toBe(9);
});

test('a transaction that names no organisation sees nothing, and the roles are left with the transaction', async () => {
  const all = [...(await tables()).keys(), 'organization'];
  for (const table of all) {
    const count = sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`;
    const [seen, there] = await store.everywhere(async (tx) => {
      const [{ n }] = (await count.execute(tx)).rows;
      await sql`set local role chaperone_member`.execute(tx);
      return [(await count.execute(tx)).rows[0].n, n];
    });
    expect([table, seen, there > 0]).toEqual([table, 0, true]);
  }
  await store.within(OURS, (tx) => tx.selectFrom('finding').select('id').execute());
  const names = await store.everywhere((tx) => tx.selectFrom('organization').select('slug').orderBy('slug').execute());
  expect(names.map(({ slug }) => slug)).toEqual(['ours', 'theirs']);
});

test('users, sessions and settings are no business of an organisation', async () => {
  for (const table of ['app_user', 'session', 'user_factor', 'setting'])
    await expect(store.within(OURS, (tx) => sql`select * from ${sql.table(table)}`.execute(tx))).rejects.toThrow(
      /permission denied/,
    );
  const seen = await store.within(OURS, (tx) => tx.selectFrom('organization').select('slug').execute());
  expect(seen).toEqual([{ slug: 'ours' }]);
});

test('an organisation is named by its UUID, or nothing is done', () => {
  for (const bad of ['', 'ours', `${OURS}' or true --`])
    expect(() => store.within(bad, async () => 1)).toThrow(TypeError);
});

test('the audit trail can only grow', async () => {
  for (const statement of [
    'update audit_record set action = $$x$$',
    'delete from audit_record',
    'truncate audit_record',
  ])
    await expect(raw(statement)).rejects.toThrow('append-only');
});
