import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { totp } from '../../packages/console/testkit/totp.ts';

export interface HouseOptions {
  /** a PostgreSQL that the trial runs itself */
  readonly state?: string;
  /** a ClickHouse that the trial runs itself */
  readonly events?: string;
  /** the data folder, where it isn't the house's own */
  readonly data?: string;
  /** given to Node before the program */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export const PASSWORD = 'four words make one';
const KINDS = ['http', 'syslog', 'syslog-tls', 'relp'] as const;
export type Listener = (typeof KINDS)[number];

const main = new URL('../../packages/chaperone/src/cli/main.ts', import.meta.url).pathname;

/** The whole service as `serve` runs it, in a process of its own that can be killed, with ports that stay. */
export class House {
  readonly folder = mkdtempSync(join(tmpdir(), 'chaperone-survival-'));
  readonly data: string;
  readonly #options: HouseOptions;
  #ports = new Map<string, number>();
  #service: ChildProcess | undefined;
  #link = '';
  #said = '';
  #cookie = '';
  #csrf = '';
  secret = '';

  private constructor(options: HouseOptions) {
    this.#options = options;
    chmodSync(this.folder, 0o711);
    this.data = options.data ?? join(this.folder, 'data');
  }

  /** Started, and set up as a person would: an administrator with a second factor, one organisation. */
  static async open(options: HouseOptions = {}): Promise<House> {
    const house = new House(options);
    for (const name of ['console', ...KINDS]) house.#ports.set(name, await freePort());
    const listeners = KINDS.map(
      (kind) =>
        `  - { name: ${kind}, kind: ${kind}, port: ${house.#ports.get(kind)}${kind === 'syslog-tls' ? ', tls: self-signed' : ''} }`,
    );
    const { state, events } = options;
    writeFileSync(
      join(house.folder, 'serve.yaml'),
      `data: ${house.data}\nhttp: { port: ${house.#ports.get('console')} }\nlog: { level: warn }\n${
        state === undefined ? '' : `state: { url: '${state}' }\n`
      }${events === undefined ? '' : `events: { url: '${events}' }\n`}listeners:\n${listeners.join('\n')}\n`,
    );
    await house.start();
    await house.#setUp();
    return house;
  }

  get pid(): number {
    return this.#service?.pid ?? 0;
  }

  get configuration(): string {
    return join(this.folder, 'serve.yaml');
  }

  port(of: Listener | 'console'): number {
    return this.#ports.get(of)!;
  }

  /** What the service wrote since it was started last, log and all. */
  get said(): string {
    return this.#said;
  }

  /** Starts the process and doesn't wait for it. */
  launch(): void {
    this.#said = '';
    const { node = [], env = {} } = this.#options;
    const service = spawn(process.execPath, [...node, main, 'serve', '--config', this.configuration], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.#service = service;
    for (const stream of [service.stdout, service.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        if (this.#service !== service) return;
        appendFileSync(join(this.folder, 'service.log'), chunk);
        if (this.#said.length < 1 << 22) this.#said += chunk;
        this.#link = /token=(\S+)/.exec(this.#said)?.[1] ?? this.#link;
      });
  }

  /** @returns milliseconds until it was ready */
  async ready(seconds = 300): Promise<number> {
    const begun = performance.now();
    const service = this.#service;
    while (!this.#said.includes('Ctrl-C')) {
      if (service?.exitCode !== null || service.signalCode !== null)
        throw new Error(`the service ended at its start: ${this.#said.slice(-2_000)}`);
      if (performance.now() - begun > seconds * 1000) throw new Error(`not ready after ${seconds} s: ${this.#said}`);
      await pause(20);
    }
    return performance.now() - begun;
  }

  start(): Promise<number> {
    this.launch();
    return this.ready();
  }

  /** Ends the process by a signal; resolves when it is gone. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const service = this.#service;
    if (service === undefined || service.exitCode !== null || service.signalCode !== null) return;
    const gone = new Promise((ended) => service.once('exit', ended));
    service.kill(signal);
    await gone;
  }

  /** The code with which the process ended. */
  async code(): Promise<number> {
    const service = this.#service;
    if (service !== undefined && service.exitCode === null && service.signalCode === null)
      await new Promise((ended) => service.once('exit', ended));
    return service?.exitCode ?? -1;
  }

  async call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.port('console')}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', cookie: this.#cookie, 'x-csrf-token': this.#csrf },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    this.#cookie = response.headers.get('set-cookie')?.split(';')[0] ?? this.#cookie;
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  /** What `/healthz` or `/readyz` answers: status and text. */
  async look(path: '/healthz' | '/readyz'): Promise<{ status: number; text: string }> {
    const response = await fetch(`http://127.0.0.1:${this.port('console')}${path}`);
    return { status: response.status, text: await response.text() };
  }

  /** What listeners refused since the start, by reason. */
  async refused(): Promise<Map<string, number>> {
    const text = await (await fetch(`http://127.0.0.1:${this.port('console')}/metrics`)).text();
    const sums = new Map<string, number>();
    for (const [, reason, count] of text.matchAll(/^chaperone_records_refused_total\{.*reason="(\w+)".*\} (\d+)$/gm))
      sums.set(reason, (sums.get(reason) ?? 0) + Number(count));
    return sums;
  }

  /** A source; by HTTP it is known by its token, on other listeners it is the one that this machine's addresses belong to. */
  async source(name: string, listener: Listener): Promise<string> {
    const at = '/organizations/ward/sources';
    const kind = listener === 'http' ? 'elastic' : 'syslog';
    const { id } = await this.call<{ id: string }>('POST', at, { name, kind });
    if (listener !== 'http')
      await this.call('POST', `${at}/${id}/bindings`, { kind: 'address', listener, value: '127.0.0.0/8' });
    return (await this.call<{ secret: string }>('POST', `${at}/${id}/tokens`, { name })).secret;
  }

  /** Bytes of memory that the service and its children hold now. */
  memory(): number {
    let bytes = 0;
    for (const pid of family(this.pid))
      try {
        bytes += Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
      } catch {
        // It has just ended.
      }
    return bytes;
  }

  /** Processes of the service whose command line holds a text. */
  children(text: string): number[] {
    return family(this.pid).filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #setUp(): Promise<void> {
    await this.call('POST', '/setup', {
      token: this.#link,
      email: 'a@b.example',
      name: 'A',
      password: PASSWORD,
      organization: { name: 'Ward', slug: 'ward', zone: 'UTC' },
    });
    this.#csrf = (await this.call<{ csrf_token: string }>('GET', '/session')).csrf_token;
    this.secret = (await this.call<{ secret: string }>('POST', '/me/factors/totp', {})).secret;
    await this.call('POST', '/me/factors/totp/confirm', { code: totp(this.secret) });
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((later) => setTimeout(later, ms));
}

const given = new Set<number>();

/** A free port that no outgoing connection is given while its owner is being started again. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const free = await new Promise<boolean>((tried) => {
      const server = createServer().once('error', () => tried(false));
      server.listen(port, '127.0.0.1', () => server.close(() => tried(true)));
    });
    if (!free || given.has(port)) continue;
    given.add(port);
    return port;
  }
}

/** A process and all that descend from it. */
function family(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc'))
    if (/^\d+$/.test(name))
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
      } catch {
        // It has just ended.
      }
  const found = [root];
  for (let i = 0; i < found.length; i += 1)
    for (const [pid, parent] of parents) if (parent === found[i]) found.push(pid);
  return found;
}
