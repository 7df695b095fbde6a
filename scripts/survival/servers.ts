import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { binaries } from '../../packages/chaperone/src/storage/state/embedded/binaries.ts';
import { startEmbedded } from '../../packages/chaperone/src/storage/state/embedded/embedded-server.ts';
import { runner } from '../../packages/chaperone/src/storage/state/embedded/runner.ts';
import { freePort, pause } from './house.ts';

/** A store that the trial runs itself: it can be taken away and comes back under the same address. */
export interface Server {
  readonly url: string;
  start(): Promise<void>;
  /** ends it, in order or not */
  end(signal: NodeJS.Signals): Promise<void>;
  /** SIGSTOP: it keeps its connections and answers nothing; SIGCONT: it goes on */
  send(signal: 'SIGSTOP' | 'SIGCONT'): void;
}

/** PostgreSQL with the same binaries as our own, on a port of its own. */
export async function postgres(folder: string): Promise<Server> {
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  await (await startEmbedded(folder)).stop();
  const port = await freePort();
  const cluster = join(folder, 'cluster');
  const password = readFileSync(join(folder, 'password'), 'utf8').trim();
  const as = runner(folder);
  let server: ChildProcess;
  const start = async () => {
    const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
    const args = ['-D', cluster, ...settings.flatMap((one) => ['-c', one])];
    server = as.spawn(binaries().postgres, args, { stdio: 'ignore', cwd: '/' });
    while (pidFile()[7]?.trim() !== 'ready') await pause(50);
  };
  const pidFile = () => {
    try {
      return readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    } catch {
      return [];
    }
  };
  const everyOne = () => {
    const parent = Number(pidFile()[0]);
    const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ').map(Number);
    return [parent, ...children];
  };
  await start();
  return {
    url: `postgres://chaperone:${password}@127.0.0.1:${port}/postgres`,
    start,
    async end(signal) {
      const gone = new Promise((ended) => server.once('exit', ended));
      process.kill(Number(pidFile()[0]), signal);
      await gone;
    },
    send: (signal) => {
      for (const pid of everyOne()) process.kill(pid, signal);
    },
  };
}

/** ClickHouse's engine behind the tests' HTTP server. */
export async function clickhouse(folder: string): Promise<Server> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  let server: ChildProcess;
  const start = async () => {
    server = fork(new URL('./clickhouse-server.ts', import.meta.url).pathname, [folder, String(port)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await new Promise((ready) => server.once('message', ready));
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    start,
    async end(signal) {
      const gone = new Promise((ended) => server.once('exit', ended));
      server.kill(signal);
      await gone;
    },
    send: (signal) => void server.kill(signal),
  };
}
