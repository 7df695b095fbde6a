import { type Kysely, sql } from 'kysely';

/** What is judged against stored events: new and changed rules, and new indicators. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    create table past_run (
      id uuid primary key,
      organization_id uuid not null references organization on delete cascade,
      kind text not null check (kind in ('rules', 'feed')),
      subject text not null,
      title text not null,
      rules jsonb not null default '[]',
      reason text not null,
      came_at timestamptz not null,
      since timestamptz,
      until timestamptz,
      reached timestamptz,
      state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'failed', 'replaced')),
      matches bigint not null default 0,
      findings bigint not null default 0,
      note text,
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    )`.execute(db);
  await sql`create index past_run_newest on past_run (organization_id, created_at desc)`.execute(db);
}
