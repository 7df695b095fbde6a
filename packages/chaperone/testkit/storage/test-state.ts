import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type OpenStateStore, openStateStore } from '../../src/storage/index.ts';
import { type EmbeddedServer, startEmbedded } from '../../src/storage/state/embedded/embedded-server.ts';
import { PREPARED, preparedCluster } from './prepared-cluster.ts';

/** One PostgreSQL for a test file, with a new database for whoever asks. */
export interface TestState {
  readonly server: EmbeddedServer;
  /** A state store on a database of its own; `raw` runs SQL as the owner, past every policy. */
  fresh(): Promise<{ store: OpenStateStore; url: string; raw<T>(sql: string, values?: unknown[]): Promise<T[]> }>;
  close(): Promise<void>;
}

/** Starts the real server in a folder of its own (without fsync, unless `safe`). */
export async function testState(options: { safe?: boolean } = {}): Promise<TestState> {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-state-'));
  // Started by root, the server runs as somebody else, who must be able to pass.
  chmodSync(folder, 0o711);
  cpSync(await preparedCluster(), folder, { recursive: true });
  const server = await startEmbedded(join(folder, 'postgres'), { unsafe: options.safe !== true });
  const stores: OpenStateStore[] = [];
  let databases = 0;
  const admin = new URL(server.url);
  admin.pathname = '/postgres';
  return {
    server,
    async fresh() {
      databases += 1;
      const name = `t${databases}`;
      const client = new pg.Client({ connectionString: admin.href });
      await client.connect();
      await client.query(`create database ${name} template ${PREPARED}`);
      await client.end();
      const url = new URL(server.url);
      url.pathname = `/${name}`;
      const store = await openStateStore({ url: url.href });
      stores.push(store);
      return {
        store,
        url: url.href,
        async raw<T>(sql: string, values: unknown[] = []) {
          const own = new pg.Client({ connectionString: url.href });
          own.on('error', () => {});
          await own.connect();
          try {
            return (await own.query(sql, values)).rows as T[];
          } finally {
            await own.end();
          }
        },
      };
    },
    async close() {
      await Promise.all(stores.map((store) => store.close()));
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
