import fc from 'fast-check';
import { expect, test } from 'vitest';
import { portions } from '../../../src/service/intake/portions.ts';
import { recordTexts } from '../../../src/service/intake/record-texts.ts';
import { recordBatch } from '../../../testkit/record-batch.ts';

const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '\u{1f600}'), maxLength: 3 }), { maxLength: 60 });

test('in portions a delivery has the records and the salts that it has as one', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 10 }), (all, bytes, records) => {
      const whole = recordBatch(all);
      for (const salt of [undefined, 's']) {
        const one = recordTexts({ records: whole, ...(salt === undefined ? {} : { salt }) });
        const parts = [...portions(whole, { bytes, records })];
        const cut = parts.map((part) => recordTexts({ ...part, ...(salt === undefined ? {} : { salt }) }));
        expect(cut.flatMap((part) => part.texts)).toEqual(one.texts);
        expect(cut.flatMap((part) => part.salts)).toEqual(one.salts);
      }
    }),
  );
});

test('a portion is no larger than it may be, but for one record that is', () => {
  const batch = recordBatch(['aaaa', 'b', 'c', 'dddddddddd', 'e']);
  const parts = [...portions({ ...batch, cut: { records: 1, kept: 4, line: 'aaaa' } }, { bytes: 5, records: 2 })];
  expect(parts.map(({ records }) => records.ends.length)).toEqual([2, 1, 1, 1]);
  expect(parts.map(({ first }) => first)).toEqual([0, 2, 3, 4]);
  expect(parts.map(({ records }) => records.cut?.kept)).toEqual([4, undefined, undefined, undefined]);
});
