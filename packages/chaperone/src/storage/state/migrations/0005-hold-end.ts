import { type Kysely, sql } from 'kysely';

/** When a legal hold ends by itself; null: when somebody releases it. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`alter table legal_hold add column ends_at timestamptz`.execute(db);
}
