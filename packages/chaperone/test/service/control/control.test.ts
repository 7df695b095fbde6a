import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { askControl } from '../../../src/service/control/ask-control.ts';
import { controlPath } from '../../../src/service/control/control-path.ts';
import { serveControl } from '../../../src/service/control/serve-control.ts';

const folder = mkdtempSync(join(tmpdir(), 'chaperone-control-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const controls = {
  add: async ({ a, b }: Record<string, unknown>) => Number(a) + Number(b),
  fail: async () => {
    throw new Error('the disk is full');
  },
};

test.each([
  ['short', folder],
  ['too long for a socket', join(folder, 'x'.repeat(90))],
])('a command reaches the service of a data folder whose path is %s', async (_, data) => {
  mkdirSync(data, { recursive: true });
  expect(await askControl(data, 'add', {})).toBeUndefined();
  const served = await serveControl(data, controls);
  expect(statSync(controlPath(data)).mode & 0o777).toBe(0o600);
  expect(await askControl(data, 'add', { a: 2, b: 3 })).toEqual({ answer: 5 });
  await expect(askControl(data, 'fail', {})).rejects.toThrow('the disk is full');
  await expect(askControl(data, 'constructor', {})).rejects.toThrow('no command');
  await served.close();
  expect(await askControl(data, 'add', {})).toBeUndefined();
});

test('a socket that a killed service left behind does not stop the next one', async () => {
  const first = await serveControl(folder, controls);
  const second = await serveControl(folder, controls);
  expect(await askControl(folder, 'add', { a: 1, b: 1 })).toEqual({ answer: 2 });
  await second.close();
  await first.close();
});
