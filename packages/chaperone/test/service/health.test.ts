import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { Health } from '../../src/service/health.ts';
import { createLog } from '../../src/service/log.ts';
import { StoreUnavailable } from '../../src/storage/index.ts';

function log() {
  const lines: string[] = [];
  const to = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { lines, log: createLog('info', to) };
}

test('a store that fails is told once, however many deliveries meet it, and told again when it works', () => {
  const { lines, log: to } = log();
  const health = new Health(undefined, to);
  health.check();
  for (let i = 0; i < 1_000; i += 1) health.failed(new StoreUnavailable('state', 'The state store is gone.'));
  expect(() => health.check()).toThrow('The state store is gone.');
  health.worked('events');
  expect(() => health.check()).toThrow(StoreUnavailable);
  health.worked('state');
  health.check();
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(['error', 'warn']);
  expect(lines[0]).toContain('nothing that was confirmed is lost');
  health.close();
});

test('a disk with room takes events; one that can not be looked at is not called full', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-health-'));
  const { lines, log: to } = log();
  for (const at of [folder, join(folder, 'none')]) {
    const health = new Health(at, to);
    await health.look();
    health.ensureRoom();
    health.close();
  }
  expect(lines).toEqual([]);
  rmSync(folder, { recursive: true });
});
