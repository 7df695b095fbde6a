import { type Kysely, sql } from 'kysely';

/** Roles that transactions take: bound to one organisation, or over all. Neither can sign in. */
export const MEMBER = 'chaperone_member';
export const SYSTEM = 'chaperone_system';
/** The setting that names a transaction's organisation. */
export const ORGANIZATION = 'chaperone.organization';

/**
 * Makes the roles and puts every table under them, whatever migration made it: run after each. A table with an organisation shows a member
 * the rows of the organisation that the transaction names, and none where it names none. The list of organisations shows it that one. Tables
 * without an organisation are no member's business.
 */
export async function secureRows(db: Kysely<never>): Promise<void> {
  for (const role of [MEMBER, SYSTEM]) {
    const { rows } = await sql`select 1 from pg_roles where rolname = ${role}`.execute(db);
    if (rows.length === 0) await sql.raw(`create role ${role} nologin`).execute(db);
    await sql.raw(`grant ${role} to current_user`).execute(db);
    await sql.raw(`grant usage on schema public to ${role}`).execute(db);
  }
  const tables = await sql<{ name: string; organization: boolean }>`
    select c.relname as name,
      exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id' and not a.attisdropped) as organization
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'public' and c.relkind in ('r', 'p') and c.relname not like 'kysely%'`.execute(db);
  const current = `nullif(current_setting('${ORGANIZATION}', true), '')::uuid`;
  for (const { name, organization } of tables.rows) {
    const column = name === 'organization' ? 'id' : organization ? 'organization_id' : undefined;
    await sql.raw(`grant select, insert, update, delete on "${name}" to ${SYSTEM}`).execute(db);
    if (column === undefined) continue;
    await sql.raw(`alter table "${name}" enable row level security`).execute(db);
    await sql.raw(`alter table "${name}" force row level security`).execute(db);
    await sql.raw(`drop policy if exists of_system on "${name}"`).execute(db);
    await sql.raw(`drop policy if exists of_organization on "${name}"`).execute(db);
    await sql.raw(`create policy of_system on "${name}" to ${SYSTEM} using (true) with check (true)`).execute(db);
    await sql
      .raw(
        `create policy of_organization on "${name}" to ${MEMBER} using (${column} = ${current}) with check (${column} = ${current})`,
      )
      .execute(db);
    // What an organisation is called and how long it keeps things is its own to change; that it exists is not.
    const rights = name === 'organization' ? 'select, update' : 'select, insert, update, delete';
    await sql.raw(`grant ${rights} on "${name}" to ${MEMBER}`).execute(db);
  }
}
