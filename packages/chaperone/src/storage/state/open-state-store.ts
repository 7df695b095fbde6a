import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { promptly } from '../promptly.ts';
import { type EmbeddedServer, startEmbedded } from './embedded/embedded-server.ts';
import { CHANNEL, Hearing, KEEP_ALIVE } from './hearing.ts';
import { type MigrationSteps, migrate } from './migrate.ts';
import { MEMBER, ORGANIZATION, SYSTEM } from './row-security.ts';
import type { Notice, StateStore, Tx } from './state-store.ts';
import type { Database } from './tables.ts';
import { translate } from './translate.ts';

export interface StateStoreOptions {
  /** a PostgreSQL of the user's own; without it, one is started in `folder` */
  readonly url?: string;
  readonly folder?: string;
  readonly log?: (line: string) => void;
  /** called before an existing database is migrated */
  readonly beforeMigration?: (url: string, pending: readonly string[]) => Promise<void>;
  /** fills an empty store from a backup that was made when it had these migrations */
  readonly restore?: MigrationSteps['restore'];
  /** for tests: no fsync */
  readonly unsafe?: boolean;
}

export interface OpenStateStore extends StateStore {
  /** for programs that must connect themselves (jobs, backup); holds the password */
  readonly url: string;
}

const POOL = 10;
const CONNECTING = 5_000;
/** and those that a connection stays open unused: to open one costs more than most questions */
const UNUSED = 60_000;
/** A statement that takes longer is broken off: by the server, or by us where it says nothing at all. */
const STATEMENT = 60_000;
/** A transaction that does nothing for so long was forgotten, and would keep its connection from others. */
const IDLE = 120_000;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Opens the state store and brings it up to date.
 *
 * @throws StoreUnavailable, StoreIsNewer; Error where our own server can't be started
 */
export async function openStateStore(options: StateStoreOptions): Promise<OpenStateStore> {
  let server: EmbeddedServer | undefined;
  if (options.url === undefined) {
    if (options.folder === undefined) throw new TypeError('openStateStore needs a url or a folder');
    server = await startEmbedded(options.folder, { log: options.log, unsafe: options.unsafe });
  }
  const url = options.url ?? server!.url;
  try {
    if (server !== undefined) await createDatabase(url);
    const store = new PostgresStateStore(url, server);
    await store.migrate(options);
    return store;
  } catch (error) {
    await server?.stop();
    throw translate(error);
  }
}

class PostgresStateStore implements OpenStateStore {
  readonly url: string;
  readonly #server: EmbeddedServer | undefined;
  readonly #pool: pg.Pool;
  readonly #db: Kysely<Database>;
  readonly #hearing: Hearing;

  constructor(url: string, server: EmbeddedServer | undefined) {
    this.url = url;
    this.#server = server;
    this.#pool = new pg.Pool({
      connectionString: url,
      max: POOL,
      connectionTimeoutMillis: CONNECTING,
      idleTimeoutMillis: UNUSED,
      ...KEEP_ALIVE,
      statement_timeout: STATEMENT,
      query_timeout: STATEMENT + CONNECTING,
      idle_in_transaction_session_timeout: IDLE,
      types: { getTypeParser: (oid, format) => (oid === BIGINT ? Number : pg.types.getTypeParser(oid, format)) },
    });
    // A connection that breaks while idle is no news: the next call makes a new one.
    this.#pool.on('error', () => {});
    // One that breaks between two statements of a transaction is told by the next of them; unheard, it would end the process.
    this.#pool.on('connect', (client) => client.on('error', () => {}));
    this.#db = new Kysely<Database>({ dialect: new PostgresDialect({ pool: this.#pool }) });
    this.#hearing = new Hearing(url);
  }

  async migrate({ beforeMigration, restore }: StateStoreOptions): Promise<void> {
    const before = async (pending: readonly string[]) => beforeMigration?.(this.url, pending);
    await migrate(this.#db as unknown as Kysely<never>, { before, restore });
  }

  within<T>(organization: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    if (!UUID.test(organization))
      throw new TypeError(`an organisation's id is a UUID, not ${JSON.stringify(organization)}`);
    return this.#run(MEMBER, organization, work);
  }

  everywhere<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#run(SYSTEM, '', work);
  }

  async #run<T>(role: string, organization: string, work: (tx: Tx) => Promise<T>): Promise<T> {
    let failed: { error: unknown } | undefined;
    try {
      return await this.#db.transaction().execute(async (tx) => {
        await sql`select set_config('role', ${role}, true), set_config(${ORGANIZATION}, ${organization}, true)`.execute(
          tx,
        );
        try {
          return await work(tx);
        } catch (error) {
          failed = { error };
          throw error;
        }
      });
    } catch (error) {
      throw translate(failed?.error ?? error);
    }
  }

  async announce(tx: Tx, { organization, kind, id }: Notice): Promise<void> {
    await sql`select pg_notify(${CHANNEL}, ${JSON.stringify([organization, kind, id])})`.execute(tx);
  }

  listen(hear: (notice: Notice) => void, onGap?: () => void): () => void {
    return this.#hearing.add(hear, onGap);
  }

  async ping(): Promise<void> {
    try {
      await promptly('state', CONNECTING, this.#pool.query('select 1'));
    } catch (error) {
      throw translate(error);
    }
  }

  async close(): Promise<void> {
    await this.#hearing.close();
    await this.#db.destroy();
    await this.#server?.stop();
  }
}

const BIGINT = 20;

async function createDatabase(url: string): Promise<void> {
  const at = new URL(url);
  const name = at.pathname.slice(1);
  at.pathname = '/postgres';
  const client = new pg.Client({ connectionString: at.href });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}
