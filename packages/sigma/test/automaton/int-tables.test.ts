import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IntLists } from '../../src/automaton/int-lists.ts';
import { IntPairs } from '../../src/automaton/int-pairs.ts';

test('equal lists get the same number, others another, also after a clear', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat(5), { maxLength: 6 }), { maxLength: 200 }), (all) => {
      const lists = new IntLists();
      for (let round = 0; round < 2; round++) {
        const known = new Map<string, number>();
        for (const list of all) {
          const id = lists.intern(Int32Array.from([9, ...list]), 1, list.length + 1);
          expect(id).toBe(known.get(list.join()) ?? known.size);
          known.set(list.join(), id);
          expect([...lists.pool.subarray(lists.start(id), lists.start(id) + lists.length(id))]).toEqual(list);
        }
        expect(lists.size).toBe(known.size);
        lists.clear();
      }
    }),
  );
});

test('holds many lists and pairs', () => {
  const lists = new IntLists();
  const pairs = new IntPairs();
  for (let i = 0; i < 50_000; i++) {
    expect(lists.intern(Int32Array.of(i, i >> 3), 0, 2)).toBe(i);
    pairs.set(i, i & 7, i + 1);
  }
  for (let i = 0; i < 50_000; i += 11) {
    expect(lists.intern(Int32Array.of(i, i >> 3), 0, 2)).toBe(i);
    expect(pairs.get(i, i & 7)).toBe(i + 1);
    expect(pairs.get(i, 8)).toBe(-1);
  }
});
