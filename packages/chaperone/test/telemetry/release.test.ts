import { expect, test } from 'vitest';
import { release } from '../../src/telemetry/index.ts';

test('large bytes of their own are given back and empty afterwards', () => {
  const bytes = new Uint8Array(1 << 20).fill(1);
  release(bytes);
  expect(bytes.byteLength).toBe(0);
  release(bytes);
});

test.each([
  ['part of something larger', () => new Uint8Array(new ArrayBuffer(1 << 20), 0, 1 << 19)],
  ['behind something', () => new Uint8Array(new ArrayBuffer(1 << 20), 1 << 19)],
  ['of Node’s pool', () => Buffer.from('a short text')],
  ['shared with another thread', () => new Uint8Array(new SharedArrayBuffer(1 << 20))],
])('bytes that are %s are left alone', (_, make) => {
  const bytes = make();
  const { byteLength } = bytes;
  release(bytes);
  expect(bytes.byteLength).toBe(byteLength);
  bytes[0] = 7;
  expect(bytes[0]).toBe(7);
});
