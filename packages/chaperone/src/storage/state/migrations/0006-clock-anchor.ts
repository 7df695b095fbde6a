import { type Kysely, sql } from 'kysely';

/** How long the clock of a source has been off by the same: a backlog that is caught up with states old times, too, but other ones each time. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table source_health
    add column clock_anchor bigint,
    add column clock_anchored_at timestamptz,
    add column clock_told_at timestamptz`.execute(db);
}
