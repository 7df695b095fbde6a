import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnchoredTrie } from '../../src/automaton/anchored-trie.ts';
import { fold } from '../../src/index.ts';
import { text } from '../plan/arbitraries.ts';

const literals = fc.uniqueArray(fc.record({ text: text.map(fold), whole: fc.boolean() }), {
  selector: (literal) => `${literal.whole} ${literal.text}`,
  maxLength: 30,
});

test.each([false, true])('finds exactly the literals at its edge (from the end: %s)', (fromEnd) => {
  fc.assert(
    fc.property(literals, fc.array(text, { maxLength: 8 }), (sought, texts) => {
      const trie = new AnchoredTrie(sought, fromEnd);
      for (const one of [...texts, ...sought.map((literal) => literal.text.toUpperCase())]) {
        trie.walk(one);
        const found = Array.from(trie.hits.list.subarray(0, trie.hits.count)).sort((a, b) => a - b);
        const folded = fold(one);
        const expected = sought.flatMap((literal, number) => {
          if (literal.whole) return folded === literal.text ? [number] : [];
          return (fromEnd ? folded.endsWith(literal.text) : folded.startsWith(literal.text)) ? [number] : [];
        });
        expect(found).toEqual(expected);
      }
    }),
    { numRuns: 400 },
  );
});
