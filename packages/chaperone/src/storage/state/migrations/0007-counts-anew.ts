import { type Kysely, sql } from 'kysely';

/** Indicators that count again are looked for in the past again; exceptions may be about one source. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table indicator add column counts_anew_at timestamptz`.execute(db);
  await sql`alter table exception
    add column source_id uuid,
    add foreign key (organization_id, source_id) references source (organization_id, id) on delete cascade`.execute(db);
}
