import { type Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import * as first from './migrations/0001-first.ts';
import { secureRows } from './row-security.ts';

/** All migrations, oldest first. Forward only: one that was released is never changed. */
const MIGRATIONS = { '0001-first': first };

/** The store was written by a newer Chaperone than this one. */
export class StoreIsNewer extends Error {
  readonly code = 'store_is_newer';

  constructor(unknown: readonly string[]) {
    super(
      `The state store was written by a newer Chaperone (it knows ${unknown.join(', ')}, this one does not). Start that version, or restore the backup that was made before the upgrade.`,
    );
    this.name = 'StoreIsNewer';
  }
}

/** A number of our own for the lock under which one process at a time migrates. */
const LOCK = 7_780_001;

/**
 * Brings the database up to date. `before` is called when an existing one is behind, before anything is changed.
 *
 * @throws StoreIsNewer; Error of the database
 */
export async function migrate(
  db: Kysely<never>,
  before?: (pending: readonly string[]) => Promise<void>,
): Promise<void> {
  await db.connection().execute(async (connection) => {
    await sql`select pg_advisory_lock(${LOCK})`.execute(connection);
    try {
      const done = await applied(connection);
      const unknown = done.filter((name) => !Object.hasOwn(MIGRATIONS, name));
      if (unknown.length > 0) throw new StoreIsNewer(unknown);
      const pending = Object.keys(MIGRATIONS).filter((name) => !done.includes(name));
      if (pending.length === 0) return;
      if (done.length > 0) await before?.(pending);
      const migrator = new Migrator({ db: connection, provider: { getMigrations: async () => MIGRATIONS } });
      const { error } = await migrator.migrateToLatest();
      if (error !== undefined) throw error;
      await connection.transaction().execute(secureRows);
    } finally {
      await sql`select pg_advisory_unlock(${LOCK})`.execute(connection);
    }
  });
}

async function applied(db: Kysely<never>): Promise<string[]> {
  const { rows: tables } = await sql`select 1 from pg_class where oid = to_regclass('public.kysely_migration')`.execute(
    db,
  );
  if (tables.length === 0) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}
