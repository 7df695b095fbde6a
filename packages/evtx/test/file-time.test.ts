import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fileTimeMicros, fileTimeText } from '../src/file-time.ts';

const EPOCH = 116_444_736_000_000_000n;

function halves(ticks: bigint): [number, number] {
  return [Number(ticks & 0xffff_ffffn), Number(ticks >> 32n)];
}

it('agrees with Date for every day until the year 9999', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2_650_467_743_999_999_999n }), (ticks) => {
      const since = ticks - EPOCH;
      const millis = since >= 0n ? since / 10_000n : -((-since + 9_999n) / 10_000n);
      const date = new Date(Number(millis)).toISOString().slice(0, -1);
      const rest = String(ticks % 10_000n).padStart(4, '0');
      expect(fileTimeText(...halves(ticks))).toBe(`${date}${rest}Z`);
    }),
  );
});

it('counts microseconds exactly while a double can', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: EPOCH, max: EPOCH + 10n * 2n ** 53n }), (ticks) => {
      expect(fileTimeMicros(...halves(ticks))).toBe(Number((ticks - EPOCH) / 10n));
    }),
  );
});

it('shows what is beyond as Windows does', () => {
  expect(fileTimeText(0xffff_ffff, 0xffff_ffff)).toBe('0000-00-00T00:00:00.0000000Z');
  expect(fileTimeText(...halves(2_650_467_744_000_000_000n))).toBe('0000-01-01T00:00:00.0000000Z');
});
