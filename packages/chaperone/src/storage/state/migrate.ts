import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import * as first from './migrations/0001-first.ts';
import * as auditHead from './migrations/0002-audit-head.ts';
import * as providerInside from './migrations/0003-provider-inside.ts';
import * as pastRuns from './migrations/0004-past-runs.ts';
import * as holdEnd from './migrations/0005-hold-end.ts';
import * as clockAnchor from './migrations/0006-clock-anchor.ts';
import * as countsAnew from './migrations/0007-counts-anew.ts';
import { secureRows } from './row-security.ts';

/** All migrations, oldest first. Forward only: one that was released is never changed. */
const MIGRATIONS = {
  '0001-first': first,
  '0002-audit-head': auditHead,
  '0003-provider-inside': providerInside,
  '0004-past-runs': pastRuns,
  '0005-hold-end': holdEnd,
  '0006-clock-anchor': clockAnchor,
  '0007-counts-anew': countsAnew,
};

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

/** A backup can be restored into an empty database only. */
class StoreNotEmpty extends Error {
  readonly code = 'store_not_empty';

  constructor(table: string) {
    super(
      `The database is not empty (it has a table ${table}), and a backup is restored into an empty one only. Make a new database and give its URL.`,
    );
    this.name = 'StoreNotEmpty';
  }
}

/** A number of our own for the lock under which one process at a time migrates. */
const LOCK = 7_780_001;

/** What is done on the way, all optional. */
export interface MigrationSteps {
  /** called when an existing database is behind, before anything is changed */
  readonly before?: (pending: readonly string[]) => Promise<void>;
  /** fills an empty database when it has just these migrations, as a backup did; the rest follows */
  readonly restore?: { readonly migrations: readonly string[]; fill(db: Kysely<never>): Promise<void> };
}

/**
 * Brings the database up to date. Of several processes that come at once one does it, and the others wait.
 *
 * @throws StoreIsNewer; Error of the database
 */
export async function migrate(db: Kysely<never>, { before, restore }: MigrationSteps = {}): Promise<void> {
  await db.connection().execute(async (connection) => {
    // Neither waiting for another process nor rebuilding a large table is a statement that hangs.
    await sql`set statement_timeout = 0`.execute(connection);
    await sql`select pg_advisory_lock(${LOCK})`.execute(connection);
    try {
      const done = await applied(connection);
      refuseUnknown([...done, ...(restore?.migrations ?? [])]);
      if (restore !== undefined) {
        await refuseFilled(connection);
        await upTo(connection, restore.migrations.at(-1));
        await restore.fill(connection);
      } else if (done.length > 0 && done.length < Object.keys(MIGRATIONS).length) {
        await before?.(Object.keys(MIGRATIONS).filter((name) => !done.includes(name)));
      }
      await upTo(connection, Object.keys(MIGRATIONS).at(-1));
    } finally {
      await sql`select pg_advisory_unlock(${LOCK})`.execute(connection);
      await sql`reset statement_timeout`.execute(connection);
    }
  });
}

/** Runs what is missing up to a migration. All in one transaction, the rights at its end: there is no table without its policies. */
async function upTo(db: Kysely<never>, last: string | undefined): Promise<void> {
  const done = await applied(db);
  const names = Object.keys(MIGRATIONS).filter((name) => last !== undefined && name <= last);
  if (last === undefined || names.every((name) => done.includes(name))) return;
  const migrations: Record<string, Migration> = {
    ...MIGRATIONS,
    [last]: {
      async up(transaction) {
        await (MIGRATIONS as Record<string, Migration>)[last].up(transaction);
        await secureRows(transaction as Kysely<never>);
      },
    },
  };
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateTo(last);
  if (error !== undefined) throw error;
}

/** @throws StoreIsNewer where this program doesn't know one of them */
export function refuseUnknown(names: readonly string[]): void {
  const unknown = names.filter((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown.length > 0) throw new StoreIsNewer(unknown);
}

async function refuseFilled(db: Kysely<never>): Promise<void> {
  const { rows } = await sql<{
    name: string;
  }>`select relname as name from pg_class where relnamespace = 'public'::regnamespace
    and relkind in ('r', 'p') order by relname limit 1`.execute(db);
  if (rows.length > 0) throw new StoreNotEmpty(rows[0].name);
}

/** The names of the migrations that a database has, oldest first. */
export async function applied(db: Kysely<never>): Promise<string[]> {
  const { rows: tables } = await sql`select 1 from pg_class where oid = to_regclass('public.kysely_migration')`.execute(
    db,
  );
  if (tables.length === 0) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
  return rows.map(({ name }) => name);
}
