import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { binaries } from './binaries.ts';
import { type Runner, runner } from './runner.ts';

/** The PostgreSQL that Chaperone starts itself. */
export interface EmbeddedServer {
  /** of the database `chaperone` as its owner */
  readonly url: string;
  readonly pid: number | undefined;
  /** Ends it in order ("fast": running transactions are rolled back). */
  stop(): Promise<void>;
}

export interface EmbeddedOptions {
  /** what the server itself says, a line each */
  readonly log?: (line: string) => void;
  /** for tests: no fsync. Never for data that matters */
  readonly unsafe?: boolean;
}

/** Milliseconds: recovery after a power cut may take a while. */
const PATIENCE = 120_000;
const STOPPING = 30_000;
/** The server is started again when it dies, after this long. */
const PAUSE = 500;

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '50',
  shared_buffers: '64MB',
  max_wal_size: '512MB',
  log_min_messages: 'warning',
  log_statement: 'none',
  log_min_error_statement: 'panic',
  timezone: 'UTC',
};

/**
 * Starts the server in a folder, making the cluster at the first time. One that a killed service left behind is stopped first. It comes
 * back by itself when it dies. Listens on a free port of loopback; the password is kept beside the cluster, for its owner alone.
 *
 * @throws Error in words where it can't be made or started
 */
export async function startEmbedded(folder: string, options: EmbeddedOptions = {}): Promise<EmbeddedServer> {
  const cluster = join(folder, 'cluster');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const as = runner(folder);
  as.own(folder);
  const password = secret(join(folder, 'password'));
  if (!existsSync(join(cluster, 'PG_VERSION'))) await initialise(as, folder, cluster, password, options);
  await stopOrphan(cluster);
  const port = await freePort();
  let stopping = false;
  let child = await launch(as, cluster, port, options);
  const watch = () => {
    child.once('exit', async () => {
      while (!stopping) {
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
        if (stopping) return;
        try {
          child = await launch(as, cluster, port, options);
          watch();
          return;
        } catch (error) {
          options.log?.(error instanceof Error ? error.message : String(error));
        }
      }
    });
  };
  watch();
  return {
    url: `postgres://chaperone:${password}@127.0.0.1:${port}/chaperone`,
    get pid() {
      return serverPid(cluster);
    },
    async stop() {
      stopping = true;
      const pid = serverPid(cluster);
      if (pid !== undefined) signal(pid, 'SIGINT');
      await ended(child, STOPPING);
    },
  };
}

function secret(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** Makes the cluster in a folder of another name first: one that was broken off is never taken for a whole one. */
async function initialise(
  as: Runner,
  folder: string,
  cluster: string,
  password: string,
  { unsafe }: EmbeddedOptions,
): Promise<void> {
  const making = join(folder, 'cluster.making');
  const passwordFile = join(folder, 'initdb.password');
  rmSync(making, { recursive: true, force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  as.own(passwordFile);
  try {
    const args = [
      `--pgdata=${making}`,
      '--username=chaperone',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
      '--data-checksums',
      ...(unsafe === true ? ['--no-sync'] : []),
    ];
    const child = as.spawn(binaries().initdb, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said += chunk;
    });
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
    if (code !== 0) throw new Error(`PostgreSQL could not make its folder ${cluster}: ${said.trim()}`);
    renameSync(making, cluster);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function launch(
  as: Runner,
  cluster: string,
  port: number,
  { log, unsafe }: EmbeddedOptions,
): Promise<ChildProcess> {
  const settings: Record<string, string> = { ...SETTINGS, port: String(port) };
  if (unsafe === true) Object.assign(settings, { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' });
  const args = ['-D', cluster, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  chmodSync(cluster, 0o700);
  const child = as.spawn(binaries().postgres, args, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' });
  const lines: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    for (const line of chunk.split('\n').filter((one) => one !== '')) {
      if (lines.length < 20) lines.push(line);
      log?.(line);
    }
  });
  const gone = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) =>
      reject(new Error(`PostgreSQL ended at its start (code ${code}): ${lines.join(' / ')}`)),
    );
  });
  gone.catch(() => {});
  await Promise.race([gone, ready(cluster)]);
  return child;
}

/** The server writes its state into the eighth line of postmaster.pid: `ready` when it takes connections. */
async function ready(cluster: string): Promise<void> {
  const until = Date.now() + PATIENCE;
  for (;;) {
    if (pidFile(cluster)[7]?.trim() === 'ready') return;
    if (Date.now() > until) throw new Error(`PostgreSQL in ${cluster} was not ready after ${PATIENCE / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A service that was killed may leave its server behind: it is ours, so it is ended in order. */
async function stopOrphan(cluster: string): Promise<void> {
  const pid = serverPid(cluster);
  if (pid === undefined) {
    rmSync(join(cluster, 'postmaster.pid'), { force: true });
    return;
  }
  signal(pid, 'SIGINT');
  const until = Date.now() + STOPPING;
  while (serverPid(cluster) !== undefined) {
    if (Date.now() > until)
      throw new Error(`PostgreSQL of an earlier start (process ${pid}) does not end. End it by hand: kill -INT ${pid}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The process that runs on the cluster, if one does; a number that another program got since counts as none. */
function serverPid(cluster: string): number | undefined {
  const pid = Number(pidFile(cluster)[0]);
  if (!(pid > 1)) return undefined;
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return pid;
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(cluster) ? pid : undefined;
  } catch {
    return undefined;
  }
}

function pidFile(cluster: string): string[] {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return [];
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has just ended.
  }
}

async function ended(child: ChildProcess, patience: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((resolve) => {
    const hurry = setTimeout(() => child.kill('SIGKILL'), patience);
    child.once('exit', () => {
      clearTimeout(hurry);
      resolve();
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no free port')),
      );
    });
  });
}
