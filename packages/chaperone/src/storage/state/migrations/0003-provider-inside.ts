import { type Kysely, sql } from 'kysely';

/** Whether an identity provider may stand inside a network of our own. Those that were there already may: they were asked wherever they stood. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table oidc_provider add column inside boolean not null default true`.execute(db);
  await sql`alter table oidc_provider alter column inside set default false`.execute(db);
}
