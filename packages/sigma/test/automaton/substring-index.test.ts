import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SubstringIndex } from '../../src/automaton/substring-index.ts';
import { fold } from '../../src/index.ts';
import { text } from '../plan/arbitraries.ts';

const needles = fc.uniqueArray(
  text.map(fold).filter((needle) => needle.length > 0),
  { maxLength: 40 },
);

test('finds exactly the needles that the folded text includes, each once', () => {
  fc.assert(
    fc.property(needles, fc.array(text, { maxLength: 8 }), (sought, texts) => {
      const index = new SubstringIndex(sought);
      for (const one of [...texts, texts.join(' ')]) {
        index.walk(one);
        const found = Array.from(index.hits.list.subarray(0, index.hits.count), (hit) => sought[hit]);
        expect(found.sort()).toEqual(sought.filter((needle) => fold(one).includes(needle)).sort());
      }
    }),
    { numRuns: 500 },
  );
});

test('long texts are read alike, ASCII or not, at every length about which they are copied', () => {
  for (const sought of [['needle'], ['needle', 'ö', 'é', 'ne', 'x']]) {
    const index = new SubstringIndex(sought);
    for (const length of [
      31,
      32,
      33,
      (1 << 14) - 1,
      1 << 14,
      (1 << 14) + 1,
      (1 << 15) + 1,
      (1 << 20) - 1,
      (1 << 20) + 9,
    ])
      for (const end of ['NEEDLE', 'éNEEDLE', 'NEEDLEé', 'needl\u0450'])
        for (const one of [end.padStart(length, '-'), end.padEnd(length, '-')]) {
          index.walk(one);
          const found = Array.from(index.hits.list.subarray(0, index.hits.count), (hit) => sought[hit]);
          expect(found.sort()).toEqual(sought.filter((needle) => one.toLowerCase().includes(needle)).sort());
        }
  }
});

test('finds each of ten thousand needles of every length', () => {
  const sought = Array.from({ length: 10_000 }, (_, i) => `${'xyz'.repeat(i % 5)}${i.toString(36)}`);
  const index = new SubstringIndex([...new Set(sought)]);
  for (let i = 0; i < sought.length; i += 37) {
    index.walk(`<${sought[i].toUpperCase()}>`);
    expect(index.hits.has([...new Set(sought)].indexOf(sought[i]))).toBe(true);
  }
});

test('a needle that stands at both ends of a long text is found once, in time linear in the text', () => {
  const index = new SubstringIndex(['a'.repeat(100), `${'a'.repeat(100)}b`]);
  const began = performance.now();
  index.walk('a'.repeat(1 << 18));
  expect(index.hits.count).toBe(1);
  // 256 Ki places, at each a comparison of at most 101 characters: far below a second, and far above a quadratic walk's hour
  expect(performance.now() - began).toBeLessThan(5000);
});

test('an empty needle is the caller mistake that it is', () => {
  expect(() => new SubstringIndex([''])).toThrow(TypeError);
});
