/** Year 2200 in seconds, milliseconds, microseconds: a count below it is taken in that unit. */
const MAX_SECONDS = 7_258_118_400;
const MAX_MILLIS = MAX_SECONDS * 1e3;
const MAX_MICROS = MAX_SECONDS * 1e6;

export type EpochUnit = 's' | 'ms' | 'us' | 'ns';

/**
 * Microseconds since 1970 UTC of a Unix time, a number or its decimal text. Without a unit it is told by its size:
 * seconds (with or without a fraction), milliseconds, microseconds or nanoseconds up to the year 2200.
 */
export function fromEpoch(value: number | string, unit?: EpochUnit): number | undefined {
  if (typeof value === 'string' && !/^-?\d{1,20}(?:\.\d{1,12})?$/.test(value)) return undefined;
  const count = Number(value);
  if (!Number.isFinite(count)) return undefined;
  const micros = toMicros(count, unit ?? unitOf(Math.abs(count)));
  return Number.isSafeInteger(micros) ? micros : undefined;
}

function unitOf(count: number): EpochUnit {
  if (count < MAX_SECONDS) return 's';
  if (count < MAX_MILLIS) return 'ms';
  return count < MAX_MICROS ? 'us' : 'ns';
}

function toMicros(count: number, unit: EpochUnit): number {
  if (unit === 's') return Math.round(count * 1e6);
  if (unit === 'ms') return Math.round(count * 1e3);
  return unit === 'us' ? Math.round(count) : Math.floor(count / 1e3);
}

/** Microseconds between 1601 and 1970: FILETIME counts 100 ns since 1601 (Microsoft, "File Times"). */
const FILETIME_EPOCH = 11_644_473_600_000_000n;

/** Microseconds since 1970 UTC of a Windows FILETIME (100 ns steps since 1601); undefined for 0, which means unset. */
export function fromFiletime(value: bigint | number | string): number | undefined {
  if (typeof value === 'string' && !/^\d{1,20}$/.test(value)) return undefined;
  if (typeof value === 'number' && !Number.isInteger(value)) return undefined;
  const ticks = BigInt(value);
  if (ticks <= 0n) return undefined;
  const micros = ticks / 10n - FILETIME_EPOCH;
  return micros <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(micros) : undefined;
}
