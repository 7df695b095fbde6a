import { hash } from 'node:crypto';
import type { RecordBatch } from '../../telemetry/index.ts';

/** What is judged in one go, so that nobody waits long for somebody else's records. */
export const PORTION = { bytes: 4 << 20, records: 5_000 } as const;

/** A part of a delivery. */
export interface Portion {
  readonly records: RecordBatch;
  /** number of its first record in the delivery */
  readonly first: number;
  /** how many of the delivery's records before each are equal to it; undefined: the delivery is one portion, and whoever needs it counts */
  readonly equals?: Uint32Array;
}

/** Parts of a delivery as they may be judged one by one; it is its own where it is small. The parts have memory of their own. */
export function* portions(
  records: RecordBatch,
  most: { bytes: number; records: number } = PORTION,
): Generator<Portion> {
  const { bytes, ends, cut } = records;
  if (bytes.byteLength <= most.bytes && ends.length <= most.records) {
    yield { records, first: 0 };
    return;
  }
  const seen = new Map<string, number>();
  for (let first = 0; first < ends.length; ) {
    const begin = first === 0 ? 0 : ends[first - 1];
    let to = first + 1;
    while (to < ends.length && to - first < most.records && ends[to] - begin <= most.bytes) to += 1;
    const equals = new Uint32Array(to - first);
    for (let i = first; i < to; i += 1) {
      const key = hash('sha1', bytes.subarray(i === 0 ? 0 : ends[i - 1], ends[i]), 'base64');
      const times = seen.get(key) ?? 0;
      seen.set(key, times + 1);
      equals[i - first] = times;
    }
    yield {
      records: {
        bytes: bytes.slice(begin, ends[to - 1]),
        ends: ends.slice(first, to).map((end) => end - begin),
        ...(first === 0 && cut !== undefined ? { cut } : {}),
      },
      first,
      equals,
    };
    first = to;
  }
}
