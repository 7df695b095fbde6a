import { type Kysely, sql } from 'kysely';

/**
 * The sealed end of an audit trail is a setting, which is no organisation's to write: appending to a trail writes it by this function alone.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create function chaperone_audit_head(organization uuid, head jsonb) returns void
    language sql security definer set search_path = public, pg_temp as $$
      insert into setting (key, value) values ('audit_head/' || coalesce(organization::text, ''), head)
      on conflict (key) do update set value = excluded.value, updated_at = now()
    $$`.execute(db);
}
