import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runningService, type TestService } from '../../testkit/running-service.ts';

let it: TestService;
const line = (n: number) =>
  `<38>Nov 20 10:00:${String(n % 60).padStart(2, '0')} store01 sshd[7]: Accepted password for anna from 198.51.100.4 port ${n} ssh2\n`;
const lines = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => line(from + i)).join('');

beforeAll(async () => {
  it = await runningService();
}, 120_000);
afterAll(() => it?.close());

test('a watched folder is read as it grows, each line once, through a restart, a rename and a pause', async () => {
  const folder = join(it.folder, 'logs');
  mkdirSync(folder);
  const file = join(folder, 'auth.log');
  writeFileSync(file, lines(0, 300));
  const made = await it.call<{ id: string }>('POST', '/organizations/ward/sources', {
    name: 'archive',
    kind: 'folder',
    settings: { path: folder },
  });
  expect(made.status).toBe(201);
  const at = `/organizations/ward/sources/${made.body.id}`;
  const events = async () => (await it.call<{ health: { events: number } | null }>('GET', at)).body.health?.events ?? 0;
  const counted = (count: number) => it.until(async () => (await events()) === count, 60);
  await counted(300);
  appendFileSync(file, lines(300, 450));
  await counted(450);
  await it.restart();
  appendFileSync(file, lines(450, 500));
  renameSync(file, join(folder, 'auth.log.1'));
  writeFileSync(file, lines(500, 520));
  await counted(520);
  expect((await it.call('PATCH', at, { state: 'paused' })).status).toBe(200);
  appendFileSync(file, lines(520, 530));
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(await events()).toBe(520);
  expect((await it.call('PATCH', at, { state: 'active' })).status).toBe(200);
  await counted(530);
  // What stands there already is not read again.
  await it.restart();
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  expect(await events()).toBe(530);
}, 240_000);
