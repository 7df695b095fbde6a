import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExactSum } from '../../src/correlation/exact-sum.ts';
import { Interner, nameOf, quantityOf } from '../../src/correlation/interner.ts';
import { RankedValues } from '../../src/correlation/ranked-values.ts';
import { TupleTable } from '../../src/correlation/tuple-table.ts';
import { duration } from '../../src/correlation/why.ts';

test('TupleTable holds what a Map holds, and gives slots out again', () => {
  const pair = fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 0, max: 5 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), pair), { maxLength: 300 }), (steps) => {
      const table = new TupleTable(2);
      const model = new Map<string, number>();
      for (const [adds, tuple] of steps) {
        const key = String(tuple);
        const slot = table.find(Int32Array.from(tuple));
        expect(slot).toBe(model.get(key) ?? -1);
        if (adds) {
          const added = table.add(Int32Array.from(tuple));
          if (slot < 0) model.set(key, ~added);
          else expect(added).toBe(slot);
        } else if (slot >= 0) {
          table.remove(slot);
          model.delete(key);
        }
        expect(table.size).toBe(model.size);
      }
      expect(new Set(model.values()).size).toBe(model.size);
      expect(table.capacity).toBeLessThanOrEqual(42);
      for (const [key, slot] of model) expect(`${table.part(slot, 0)},${table.part(slot, 1)}`).toBe(key);
    }),
  );
});

test('RankedValues knows the k-th smallest after every step', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.integer({ min: -4, max: 4 })), { maxLength: 200 }), (steps) => {
      const ranks = new RankedValues();
      let root = 0;
      const model: number[] = [];
      for (const [adds, value] of steps) {
        const at = model.indexOf(value);
        if (adds || at < 0) {
          root = ranks.insert(root, value);
          model.push(value);
        } else {
          root = ranks.remove(root, value);
          model.splice(at, 1);
        }
        expect(ranks.size(root)).toBe(model.length);
      }
      const sorted = [...model].sort((a, b) => a - b);
      expect(sorted.map((_, k) => ranks.at(root, k))).toEqual(sorted.map((one) => one + 0));
    }),
  );
});

test('percentiles are interpolated between the closest ranks', () => {
  const ranks = new RankedValues();
  const root = [15, 20, 35, 40, 50].reduce((set, value) => ranks.insert(set, value), 0);
  expect(ranks.percentile(root, 40)).toBeCloseTo(29, 10);
  expect([0, 50, 100].map((percentile) => ranks.percentile(root, percentile))).toEqual([15, 35, 50]);
});

test('ExactSum is the rounded exact sum, whatever was added and taken away before', () => {
  const double = fc.double({ noNaN: true, min: -1e20, max: 1e20 });
  fc.assert(
    fc.property(fc.array(double, { maxLength: 40 }), fc.array(double, { maxLength: 40 }), (stay, go) => {
      const sum = new ExactSum();
      for (const value of [...go, ...stay]) sum.add(value);
      for (const value of go) sum.add(-value);
      const again = new ExactSum();
      for (const value of [...stay].reverse()) again.add(value);
      expect(sum.value + 0).toBe(again.value + 0);
    }),
  );
  const sum = new ExactSum();
  for (const value of [1e16, 1, -1e16]) sum.add(value);
  expect(sum.value).toBe(1);
  for (let i = 0; i < 10; i++) sum.add(0.1);
  expect(sum.value).toBe(2);
});

test('Interner forgets what nobody holds', () => {
  const interner = new Interner();
  const id = interner.hold('Admin');
  expect(interner.hold('ADMIN')).toBe(id);
  expect(interner.text(id)).toBe('Admin');
  interner.release(id);
  expect(interner.size).toBe(1);
  interner.release(id);
  expect(interner.size).toBe(0);
  expect(interner.hold('other')).toBe(id);
});

test('what has a name, and what is a number', () => {
  expect([null, undefined, {}, [], [null], [{}], '', 0, false].map(nameOf)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    '',
    '0',
    'false',
  ]);
  expect(['0x10', '1e3', '007', ['4'], [1, 2], 1e301, true].map(quantityOf)).toEqual([16, NaN, NaN, 4, NaN, NaN, NaN]);
});

test('durations in two units', () => {
  expect([0, 1500, 61_000_000, 90_061_000_000].map(duration)).toEqual(['0s', '2ms', '1m 1s', '1d 1h']);
});
