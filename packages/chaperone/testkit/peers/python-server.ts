import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Where installed servers are kept between runs. */
const CACHE = process.env.CHAPERONE_TEST_CACHE ?? join(tmpdir(), 'chaperone-test-peers');

/**
 * The folder of programs of a Python environment that holds these packages, made once with pip. Undefined where pip can't (no Python, no
 * network): the test then says so and is skipped; under CI it fails.
 */
export function pythonPrograms(name: string, packages: readonly string[]): string | undefined {
  const folder = join(CACHE, name);
  if (!existsSync(join(folder, 'ready'))) {
    const making = `${folder}.${process.pid}`;
    try {
      mkdirSync(CACHE, { recursive: true });
      rmSync(folder, { recursive: true, force: true });
      execFileSync('python3', ['-m', 'venv', folder], { stdio: 'ignore', timeout: 60_000 });
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages];
      execFileSync(join(folder, 'bin', 'python'), pip, { stdio: 'ignore', timeout: 240_000 });
      mkdirSync(making, { recursive: true });
      renameSync(making, join(folder, 'ready'));
    } catch (error) {
      if (process.env.CI !== undefined) throw error;
      console.log(`skipped: ${packages.join(' and ')} can't be installed with pip here`);
      return undefined;
    }
  }
  return join(folder, 'bin');
}

export interface RunningServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a program on a free port of this machine and waits until it answers. */
export async function startServer(program: string, args: (port: number) => readonly string[]): Promise<RunningServer> {
  const port = await freePort();
  const child = spawn(program, args(port), { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => {
    said = (said + text).slice(-2_000);
  });
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    if (child.exitCode !== null || tries > 300) throw new Error(`${program} didn't start: ${said}`);
    const up = await fetch(url).then(
      () => true,
      () => false,
    );
    if (up) break;
    await sleep(100);
  }
  return {
    url,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await Promise.race([ended, sleep(3_000)]);
      if (child.exitCode === null) child.kill('SIGKILL');
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
