import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineTrimmer } from '../../../../src/telemetry/listeners/http/line-trimmer.ts';

test('every line stays, up to one byte more than may be kept of it, however the bytes come', () => {
  const lines = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\r'), maxLength: 40 }), { maxLength: 20 });
  fc.assert(
    fc.property(lines, fc.integer({ min: 1, max: 30 }), fc.array(fc.nat(60)), (all, longest, cuts) => {
      const body = Buffer.from(all.join('\n'));
      const trimmer = new LineTrimmer(longest);
      const kept: Buffer[] = [];
      let from = 0;
      for (const cut of [...cuts, body.length]) {
        const to = Math.min(body.length, from + cut);
        kept.push(...trimmer.trim(body.subarray(from, to)));
        from = to;
      }
      expect(Buffer.concat(kept).toString()).toBe(all.map((line) => line.slice(0, longest + 1)).join('\n'));
    }),
  );
});

test('of a line without an end nothing is held but its beginning', () => {
  const trimmer = new LineTrimmer(10);
  const kept = Array.from({ length: 1_000 }, () => trimmer.trim(Buffer.alloc(65_536, 'a'))).flat();
  expect(kept.map(({ length }) => length)).toEqual([11]);
});
