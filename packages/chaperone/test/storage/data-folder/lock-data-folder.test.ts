import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { DataFolderError, lockDataFolder } from '../../../src/storage/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'chaperone-lock-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const index = new URL('../../../src/storage/data-folder/lock-data-folder.ts', import.meta.url).href;

/** Another process that takes the folder and keeps it. */
async function holder(path: string): Promise<ChildProcess> {
  const script = `const { lockDataFolder } = await import(${JSON.stringify(index)});
    lockDataFolder(${JSON.stringify(path)}); console.log('has it'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
}

function refusal(work: () => unknown): DataFolderError {
  try {
    work();
  } catch (error) {
    if (error instanceof DataFolderError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

test('a second process is told who has the folder, and gets it the moment the first is killed', async () => {
  const path = join(folder, 'one');
  const child = await holder(path);
  const { code, message } = refusal(() => lockDataFolder(path));
  expect(code).toBe('data_folder_in_use');
  expect(message).toContain(`process ${child.pid} `);
  expect(message).toContain(path);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  lockDataFolder(path).release();
});

test('one process takes a folder once, and may take it again after it let it go', () => {
  const path = join(folder, 'two');
  const first = lockDataFolder(path);
  expect(refusal(() => lockDataFolder(path)).message).toContain(`process ${process.pid} `);
  // The refused try must not have loosened the first.
  expect(refusal(() => lockDataFolder(path)).code).toBe('data_folder_in_use');
  first.release();
  first.release();
  lockDataFolder(path).release();
});

test('a refused try within the process that has the folder does not open it to others', async () => {
  const path = join(folder, 'three');
  const first = lockDataFolder(path);
  refusal(() => lockDataFolder(path));
  const script = `const { lockDataFolder } = await import(${JSON.stringify(index)});
    try { lockDataFolder(${JSON.stringify(path)}); console.log('got it'); } catch (error) { console.log(error.code); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const said = await new Promise((resolve) => child.stdout?.once('data', (data) => resolve(String(data).trim())));
  expect(said).toBe('data_folder_in_use');
  first.release();
});

test('the folder is closed to others, also one that was open; a number that was left behind keeps nobody out', () => {
  const path = join(folder, 'four');
  lockDataFolder(path).release();
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  expect(statSync(path).mode & 0o777).toBe(mode);
  chmodSync(path, 0o777);
  writeFileSync(join(path, 'lock.holder'), JSON.stringify({ pid: process.pid, host: 'x', since: 'y' }));
  lockDataFolder(path).release();
  expect(statSync(path).mode & 0o777).toBe(mode);
  chmodSync(path, 0o700);
  lockDataFolder(path).release();
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test('a folder whose restore was broken off is no data folder', () => {
  const path = join(folder, 'five');
  lockDataFolder(path).release();
  writeFileSync(join(path, 'restoring'), '');
  expect(refusal(() => lockDataFolder(path)).code).toBe('data_folder_half_restored');
  lockDataFolder(path, { restoring: true }).release();
});
