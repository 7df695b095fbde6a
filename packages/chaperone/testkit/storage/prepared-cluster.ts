import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { openStateStore } from '../../src/storage/index.ts';
import { binaries } from '../../src/storage/state/embedded/binaries.ts';
import { startEmbedded } from '../../src/storage/state/embedded/embedded-server.ts';

/** A database with all migrations, to make others from. */
export const PREPARED = 'prepared';

/**
 * A folder with a stopped server of our own that has the database `PREPARED`: made once on this machine and kept in its folder for temporary
 * files, since making one takes a second or two. What it depends on is in its name.
 */
export async function preparedCluster(): Promise<string> {
  const path = join(tmpdir(), `chaperone-prepared-${process.getuid?.() ?? 'any'}-${fingerprint()}`);
  if (existsSync(path) && lstatSync(path).uid === (process.getuid?.() ?? lstatSync(path).uid)) return path;
  const making = mkdtempSync(`${path}-`);
  // Started by root, the server runs as somebody else, who must be able to pass.
  chmodSync(making, 0o711);
  const server = await startEmbedded(join(making, 'postgres'), { unsafe: true });
  try {
    const url = new URL(server.url);
    url.pathname = '/postgres';
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    await client.query(`create database ${PREPARED}`);
    await client.end();
    url.pathname = `/${PREPARED}`;
    await (await openStateStore({ url: url.href })).close();
  } finally {
    await server.stop();
  }
  try {
    renameSync(making, path);
    return path;
  } catch {
    // Another test file was quicker.
    rmSync(making, { recursive: true, force: true });
    return path;
  }
}

function fingerprint(): string {
  const state = fileURLToPath(new URL('../../src/storage/state/', import.meta.url));
  const hash = createHash('sha256').update(binaries().postgres);
  const migrations = readdirSync(join(state, 'migrations')).sort();
  for (const name of [
    'migrate.ts',
    'row-security.ts',
    'embedded/embedded-server.ts',
    ...migrations.map((one) => join('migrations', one)),
  ])
    hash.update(readFileSync(join(state, name)));
  return hash.digest('hex').slice(0, 12);
}
