// `node scripts/survival.ts [KILLS]`: kills the whole service at random moments while events are sent to it, starts it again, and
// then looks whether every acknowledged event is there and no event counts twice in a finding. Exit code 1 where it isn't so.
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recountFindings } from '../packages/chaperone/src/detection/index.ts';
import { openEventStore, openStateStore } from '../packages/chaperone/src/storage/index.ts';
import { totp } from '../packages/console/testkit/totp.ts';

const kills = Number(process.argv[2] ?? 50);
const folder = mkdtempSync(join(tmpdir(), 'chaperone-survival-'));
chmodSync(folder, 0o711);
const main = new URL('../packages/chaperone/src/cli/main.ts', import.meta.url).pathname;
const [port, intake] = [await freePort(), await freePort()];
writeFileSync(
  join(folder, 'serve.yaml'),
  `data: data\nhttp: { port: ${port} }\nlog: { level: error }\nlisteners: [{ name: http, kind: http, port: ${intake} }]\n`,
);

let service = undefined as unknown as ChildProcess;
let link = '';
async function start(): Promise<number> {
  const begun = performance.now();
  service = spawn(process.execPath, [main, 'serve', '--config', join(folder, 'serve.yaml')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((ready, failed) => {
    let said = '';
    service.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      link = /token=(\S+)/.exec(said)?.[1] ?? link;
      if (said.includes('Ctrl-C')) ready();
    });
    service.once('exit', (code) => failed(new Error(`the service ended with ${code} at its start`)));
  });
  service.removeAllListeners('exit');
  return performance.now() - begun;
}

const acknowledged: string[] = [];
let next = 0;
function newName(): string {
  next += 1;
  return `event-${next}`;
}
let stop = false;
async function send(token: string): Promise<void> {
  let batch: string[] | undefined;
  while (!stop) {
    batch ??= Array.from({ length: 200 }, () => newName());
    const body = batch
      .map(
        (name) =>
          `{"create":{}}\n${JSON.stringify({ '@timestamp': '2026-11-20T10:00:00Z', winlog: { channel: 'Security', provider_name: 'Microsoft-Windows-Eventlog', event_id: 1102, computer_name: 'DC01', record_id: name } })}\n`,
      )
      .join('');
    const response = await fetch(`http://127.0.0.1:${intake}/_bulk`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body,
    }).catch(() => undefined);
    const answer = (await response?.json().catch(() => undefined)) as { errors?: boolean } | undefined;
    if (response?.status === 200 && answer?.errors === false) {
      acknowledged.push(...batch);
      batch = undefined;
    } else await new Promise((later) => setTimeout(later, 100));
  }
}

await start();
let cookie = '';
let csrf = '';
async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json', cookie, 'x-csrf-token': csrf },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie;
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (response.status === 204 ? undefined : await response.json()) as T;
}
await call('POST', '/setup', {
  token: link,
  email: 'a@b.example',
  name: 'A',
  password: 'four words make one',
  organization: { name: 'Ward', slug: 'ward', zone: 'UTC' },
});
csrf = (await call<{ csrf_token: string }>('GET', '/session')).csrf_token;
const { secret } = await call<{ secret: string }>('POST', '/me/factors/totp', {});
await call('POST', '/me/factors/totp/confirm', { code: totp(secret) });
const source = await call<{ id: string }>('POST', '/organizations/ward/sources', { name: 'load', kind: 'elastic' });
const { secret: token } = await call<{ secret: string }>('POST', `/organizations/ward/sources/${source.id}/tokens`, {
  name: 'load',
});

const senders = [send(token), send(token)];
const starts: number[] = [];
for (let kill = 1; kill <= kills; kill += 1) {
  await new Promise((later) => setTimeout(later, 500 + Math.random() * 2_500));
  const gone = new Promise((ended) => service.once('exit', ended));
  service.kill('SIGKILL');
  await gone;
  starts.push(await start());
  console.log(
    `kill ${kill}: ready again after ${(starts[starts.length - 1] / 1000).toFixed(1)} s; ${acknowledged.length} events acknowledged`,
  );
}
await new Promise((later) => setTimeout(later, 2_000));
stop = true;
await Promise.all(senders);
const ended = new Promise((done) => service.once('exit', done));
service.kill('SIGTERM');
await ended;

const state = await openStateStore({ folder: join(folder, 'data', 'postgres') });
const events = await openEventStore({ folder: join(folder, 'data', 'events') });
const [{ id: organization }] = await state.everywhere((tx) => tx.selectFrom('organization').select('id').execute());
await recountFindings(state, events, organization, new Date(0));
// Where the record says which event it is; each must have one id, whatever was sent twice.
const rows = await events.query<{ name: string; ids: string }>(
  organization,
  ({ events: table }) =>
    `SELECT extract(raw, 'event-[0-9]+') AS name, toString(uniqExact(id)) AS ids FROM ${table} GROUP BY name`,
  {},
  { timeout: 300 },
);
const there = new Map(rows.map(({ name, ids }) => [name, Number(ids)]));
const lost = acknowledged.filter((name) => !there.has(name));
const twice = [...there].filter(([, ids]) => ids > 1);
const findings = await state.within(organization, (tx) =>
  tx.selectFrom('finding').select(['id', 'count']).where('detector', '=', 'rule').execute(),
);
const counted = await events.query<{ finding: string; n: string }>(
  organization,
  ({ events: table }) =>
    `SELECT arrayJoin(findings) AS finding, toString(uniqExact(id)) AS n FROM ${table} GROUP BY finding`,
  {},
  { timeout: 300 },
);
const byStore = new Map(counted.map(({ finding, n }) => [finding, Number(n)]));
const miscounted = findings.filter(({ id, count }) => byStore.get(id) !== count);
const missing = [...byStore.keys()].filter((id) => !findings.some((one) => one.id === id));
await events.close();
await state.close();
rmSync(folder, { recursive: true, force: true });
console.log(
  `${kills} kills; ${acknowledged.length} events acknowledged, ${lost.length} of them lost, ${twice.length} with two ids; ${findings.length} findings of rules, ${missing.length} missing, ${miscounted.length} that count an event twice or not; slowest start ${(Math.max(...starts) / 1000).toFixed(1)} s`,
);
process.exitCode = lost.length + twice.length + miscounted.length + missing.length === 0 ? 0 : 1;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
