// The whole service as `chaperone serve` starts it, in processes of its own, set up as a person would by its API.
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { totp } from '../packages/console/testkit/totp.ts';
import { root } from './harness.ts';

export interface Served {
  readonly process: ChildProcess;
  readonly folder: string;
  readonly ports: Readonly<Record<'api' | 'http' | 'tls', number>>;
  /** seconds from the start of the process until it says that it is ready */
  readonly ready: number;
  /** slug of the organisation */
  readonly organization: string;
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  close(): Promise<void>;
}

/** What processes took: CPU seconds so far, and memory in MiB, shared pages counted once (proportional set size). */
export interface Usage {
  readonly cpu: number;
  readonly memory: number;
  readonly resident: number;
}

/** @param more lines of the configuration file */
export async function served(more: string, env: NodeJS.ProcessEnv = {}): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-bench-service-'));
  // Our own PostgreSQL runs as somebody else where we are root, and must get in.
  chmodSync(folder, 0o711);
  const ports = { api: await freePort(), http: await freePort(), tls: await freePort() };
  writeFileSync(
    join(folder, 'serve.yaml'),
    [
      'data: data',
      `http: { port: ${ports.api} }`,
      'log: { level: warn }',
      'listeners:',
      `  - { name: http, kind: http, port: ${ports.http} }`,
      `  - { name: syslog-tls, kind: syslog-tls, port: ${ports.tls}, tls: self-signed }`,
      more,
    ].join('\n'),
  );
  const begun = performance.now();
  const service = spawn(
    process.execPath,
    [
      ...(process.env.CHAPERONE_BENCH_NODE?.split(' ') ?? []),
      join(root, 'packages/chaperone/src/cli/main.ts'),
      'serve',
      '--config',
      join(folder, 'serve.yaml'),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } },
  );
  const link = await new Promise<string>((done, fail) => {
    let said = '';
    service.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      if (process.env.CHAPERONE_BENCH_OUT) appendFileSync(process.env.CHAPERONE_BENCH_OUT, chunk);
      if (said.includes('Ctrl-C')) done(/token=(\S+)/.exec(said)?.[1] ?? '');
    });
    service.once('exit', (code) => fail(new Error(`the service ended with ${code} at its start: ${said}`)));
  });
  const ready = (performance.now() - begun) / 1000;
  let cookie = '';
  let csrf = '';
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(`http://127.0.0.1:${ports.api}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', cookie, 'x-csrf-token': csrf },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? undefined : await response.json()) as T;
  };
  const organization = 'ward';
  await call('POST', '/setup', {
    token: link,
    email: 'a@ward.example',
    name: 'A',
    password: 'four words make one',
    organization: { name: 'Ward', slug: organization, zone: 'UTC' },
  });
  csrf = (await call<{ csrf_token: string }>('GET', '/session')).csrf_token;
  const { secret } = await call<{ secret: string }>('POST', '/me/factors/totp', {});
  await call('POST', '/me/factors/totp/confirm', { code: totp(secret) });
  return {
    process: service,
    folder,
    ports,
    ready,
    organization,
    call,
    async close() {
      const ended = new Promise((done) => service.once('exit', done));
      service.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Of a process and all its descendants. */
export function usage(pid: number): Usage {
  let [cpu, memory, resident] = [0, 0, 0];
  for (const one of [pid, ...descendants(pid)]) {
    try {
      cpu += ticks(readFileSync(`/proc/${one}/stat`, 'utf8')) / 100;
      memory += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${one}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
      resident += Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${one}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    } catch {
      // It has just ended.
    }
  }
  return { cpu, memory, resident };
}

/** Memory in MiB of a process, of its chDB and of its PostgreSQL, as text. */
export function memoryByPart(pid: number): string {
  const parts = new Map<string, number>();
  for (const one of [pid, ...descendants(pid)]) {
    try {
      const command = readFileSync(`/proc/${one}/cmdline`, 'utf8');
      const part = one === pid ? 'service' : /chdb-process/.test(command) ? 'chDB' : 'PostgreSQL and others';
      const pss = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${one}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;
      parts.set(part, (parts.get(part) ?? 0) + pss);
    } catch {
      // It has just ended.
    }
  }
  return [...parts].map(([part, mib]) => `${part} ${Math.round(mib)}`).join(', ');
}

/** CPU seconds of each thread of a process and its descendants, by name. */
export function threads(pid: number): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const one of [pid, ...descendants(pid)]) {
    try {
      const command = readFileSync(`/proc/${one}/cmdline`, 'utf8').split('\0').slice(0, 2).join(' ').slice(-40);
      for (const task of readdirSync(`/proc/${one}/task`)) {
        const name = readFileSync(`/proc/${one}/task/${task}/comm`, 'utf8').trim();
        const key = `${command} | ${name}`;
        found.set(key, (found.get(key) ?? 0) + ticks(readFileSync(`/proc/${one}/task/${task}/stat`, 'utf8')) / 100);
      }
    } catch {
      // It has just ended.
    }
  }
  return found;
}

function descendants(pid: number): number[] {
  const parents = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
    } catch {
      // It has just ended.
    }
  }
  const all: number[] = [];
  for (let next = parents.get(pid) ?? []; next.length > 0; next = next.flatMap((one) => parents.get(one) ?? []))
    all.push(...next);
  return all;
}

/** Fields 14 and 15 of a stat file: user and system ticks of 1/100 s. */
function ticks(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
