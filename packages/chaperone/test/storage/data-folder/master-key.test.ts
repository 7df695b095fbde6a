import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { confirmMasterKey, masterKey } from '../../../src/storage/index.ts';
import { type TestState, testState } from '../../../testkit/storage/test-state.ts';

const folder = mkdtempSync(join(tmpdir(), 'chaperone-key-'));
let state: TestState;
beforeAll(async () => {
  state = await testState();
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await state?.close();
});

test('the key is made once, for its owner alone', () => {
  const key = masterKey(folder);
  expect(key).toHaveLength(32);
  expect(new Set(key).size).toBeGreaterThan(8);
  expect(masterKey(folder)).toEqual(key);
  expect(readFileSync(join(folder, 'keys', 'master.key'))).toEqual(key);
  expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'keys', 'master.key')).mode & 0o777).toBe(0o600);
});

test('half a key is no key', () => {
  const other = join(folder, 'other');
  masterKey(other);
  truncateSync(join(other, 'keys', 'master.key'), 16);
  expect(() => masterKey(other)).toThrow(/16 bytes .*backup/);
});

test('a state store takes one key and refuses every other', async () => {
  const { store } = await state.fresh();
  const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  await confirmMasterKey(store, key);
  await confirmMasterKey(store, key);
  await expect(confirmMasterKey(store, other)).rejects.toMatchObject({ code: 'master_key_other' });
  await confirmMasterKey(store, key);
});
