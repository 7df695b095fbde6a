import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteMemory, KEYWORD, SAID, SIGNATURE } from '../../../src/detection/engine/byte-memory.ts';

const STRING = 1;
const packed = (bytes: Uint8Array, type = STRING) => (bytes.length << 8) | type;

/** A value somewhere in a record: what lies around it must not matter. */
function placed(bytes: Uint8Array, before = 3): { view: DataView; start: number } {
  const all = new Uint8Array(before + bytes.length + 5).fill(0xa5);
  all.set(bytes, before);
  return { view: new DataView(all.buffer), start: before };
}

function remember(
  memory: ByteMemory,
  field: number,
  bytes: Uint8Array,
  type: number,
  meaning: number,
  hint = -1,
): number {
  const { view, start } = placed(bytes, 1);
  expect(memory.lookup(field, packed(bytes, type), view, start, hint)).toBe(-1);
  return memory.insert(field, packed(bytes, type), view, start, meaning, meaning + 1, meaning + 2, meaning % 2 === 1);
}

const means = (memory: ByteMemory, at: number) => [
  memory.notes[at + SIGNATURE],
  memory.notes[at + KEYWORD],
  memory.notes[at + SAID] >>> 1,
  memory.notes[at + SAID] & 1,
];
const meaning = (n: number) => [n, n + 1, n + 2, n % 2];

describe('value memory', () => {
  it('finds what was noted under the same field, type and bytes, and under nothing else', () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    const call = fc.record({
      field: fc.nat(2),
      type: fc.constantFrom(1, 6, 8),
      bytes,
      hint: fc.integer({ min: -1, max: 300 }),
    });
    fc.assert(
      fc.property(fc.array(call, { maxLength: 120 }), (calls) => {
        const memory = new ByteMemory();
        const model = new Map<string, number>();
        for (const [index, { field, type, bytes: value, hint }] of calls.entries()) {
          const key = `${field} ${type} ${Buffer.from(value).toString('hex')}`;
          const { view, start } = placed(value, index % 7);
          const found = memory.lookup(field, packed(value, type), view, start, hint * 8);
          const known = model.get(key);
          if (known === undefined) {
            expect(found).toBe(-1);
            memory.insert(field, packed(value, type), view, start, index, index + 1, index + 2, index % 2 === 1);
            model.set(key, index);
          } else expect(means(memory, found)).toEqual(meaning(known));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('believes no hash: values that all hash alike keep their own meanings, and the chain stays short', () => {
    const memory = new ByteMemory();
    Object.defineProperty(memory, 'hash', { value: () => 0x1234 });
    const value = (n: number) => Buffer.from(`value ${n}`.padEnd(n % 20));
    let kept = 0;
    for (let n = 0; n < 200; n += 1) if (remember(memory, 1, value(n), STRING, n) >= 0) kept += 1;
    expect(kept).toBeGreaterThan(40);
    expect(kept).toBeLessThan(100);
    for (let n = 0; n < kept; n += 1) {
      const { view, start } = placed(value(n));
      const at = memory.lookup(1, packed(value(n)), view, start, -1);
      expect(means(memory, at)).toEqual(meaning(n));
    }
  });

  it('forgets all when it is full, and goes on', () => {
    const memory = new ByteMemory();
    const count = (1 << 18) + 1000;
    const bytes = Buffer.alloc(8);
    for (let n = 0; n < count; n += 1) {
      bytes.writeDoubleLE(n);
      const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
      if (memory.lookup(1, packed(bytes), view, 0, -1) < 0) memory.insert(1, packed(bytes), view, 0, n, 0, 0, false);
    }
    expect(memory.epoch).toBe(1);
    const find = (n: number) => {
      bytes.writeDoubleLE(n);
      return memory.lookup(1, packed(bytes), new DataView(bytes.buffer, bytes.byteOffset, 8), 0, n * 8);
    };
    expect(find(5)).toBe(-1);
    let found = 0;
    for (let n = count - 500; n < count; n += 1) {
      const at = find(n);
      if (at >= 0) {
        found += 1;
        expect(memory.notes[at + SIGNATURE]).toBe(n);
      }
    }
    expect(found).toBeGreaterThan(490);
  });

  it('is emptied by size of the values as well, and keeps no value that is too long', () => {
    const memory = new ByteMemory();
    const long = Buffer.alloc(8193);
    const at = placed(long);
    expect(memory.lookup(1, packed(long), at.view, at.start, -1)).toBe(-1);
    expect(memory.insert(1, packed(long), at.view, at.start, 1, 0, 0, false)).toBe(-1);
    const value = Buffer.alloc(8192);
    for (let n = 0; n < 4100; n += 1) {
      value.writeUInt32LE(n);
      remember(memory, 1, value, STRING, n);
    }
    expect(memory.epoch).toBeGreaterThan(0);
  });

  it('an old hint, from before it was emptied, leads nowhere', () => {
    const memory = new ByteMemory();
    const one = Buffer.from('one value');
    const hint = remember(memory, 1, one, STRING, 1);
    memory.clear();
    const { view, start } = placed(one);
    expect(memory.lookup(1, packed(one), view, start, hint)).toBe(-1);
    remember(memory, 2, Buffer.from('another'), STRING, 7, hint);
    expect(memory.lookup(1, packed(one), view, start, hint)).toBe(-1);
  });
});
