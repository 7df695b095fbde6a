import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret, TOTP } from 'otpauth';
import { loadConfig, type RunningService, startService } from '../src/service/index.ts';
import { createLog, type Log } from '../src/service/log.ts';

/** The whole service, started as `serve` starts it, on free ports and a folder that goes with it; set up as a person would by its API. */
export interface TestService {
  readonly service: RunningService;
  readonly folder: string;
  readonly organization: string;
  /** calls the API as the first administrator, whose second factor is there */
  call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; body: T; headers: Headers }>;
  port(listener: string): number;
  /** a source with an ingest token */
  source(name: string, kind: string): Promise<{ id: string; token: string }>;
  /** fires when nothing is under way and everything was settled */
  until(holds: () => Promise<boolean>, seconds?: number): Promise<void>;
  /** Ends the service and starts it again on what it stored, on other ports. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export const PASSWORD = 'four words make one';

export async function runningService({
  console: built,
  more = '',
}: {
  console?: string;
  more?: string;
} = {}): Promise<TestService> {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-service-'));
  chmodSync(folder, 0o711);
  const config = join(folder, 'serve.yaml');
  const listeners = ['http', 'syslog', 'syslog-udp', 'syslog-tls', 'relp', 'relp-tls'].map(
    (kind) => `  - { name: ${kind}, kind: ${kind}, port: 0${kind.endsWith('-tls') ? ', tls: self-signed' : ''} }`,
  );
  writeFileSync(config, `data: data\nhttp: { port: 0 }\nlisteners:\n${listeners.join('\n')}\n${more}`);
  const log: Log = createLog('error');
  const start = () => startService(loadConfig(config, {}, folder), log, built);
  let service = await start();
  let cookie = '';
  let csrf = '';
  const raw = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${service.url}/api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/json', cookie, 'x-csrf-token': csrf },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const set = response.headers.get('set-cookie');
    if (set !== null) cookie = set.split(';')[0];
    const text = await response.text();
    return {
      status: response.status,
      body: (text.startsWith('{') ? JSON.parse(text) : text) as never,
      headers: response.headers,
    };
  };
  const call = async <T>(method: string, path: string, body?: unknown) =>
    (await raw(method, path, body)) as { status: number; body: T; headers: Headers };
  const expectOk = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await call<T>(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const token = service.setupLink?.split('token=')[1];
  const organization = 'ward';
  await expectOk('POST', '/setup', {
    token,
    email: 'anna@clinic.example',
    name: 'Anna Ward',
    password: PASSWORD,
    organization: { name: 'Ward Clinic', slug: organization, zone: 'Europe/Berlin' },
  });
  csrf = (await expectOk<{ csrf_token: string }>('GET', '/session')).csrf_token;
  const { secret } = await expectOk<{ secret: string }>('POST', '/me/factors/totp', {});
  await expectOk('POST', '/me/factors/totp/confirm', {
    code: new TOTP({ secret: Secret.fromBase32(secret) }).generate(),
  });
  return {
    get service() {
      return service;
    },
    async restart() {
      await service.close();
      service = await start();
    },
    folder,
    organization,
    call: call as TestService['call'],
    port: (listener) => service.listeners.find(({ name }) => name === listener)!.port,
    async source(name, kind) {
      const { id } = await expectOk<{ id: string }>('POST', `/organizations/${organization}/sources`, { name, kind });
      const made = await expectOk<{ secret: string }>('POST', `/organizations/${organization}/sources/${id}/tokens`, {
        name: 'test',
      });
      return { id, token: made.secret };
    },
    async until(holds, seconds = 30) {
      const end = Date.now() + seconds * 1000;
      while (!(await holds())) {
        if (Date.now() > end) throw new Error(`waited ${seconds} s in vain`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    },
    async close() {
      await service.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
