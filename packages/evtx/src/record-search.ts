import { MIN_RECORD, RECORD_MAGIC } from './format.ts';

/** Ids further apart than this in one chunk aren't a gap but damage: 64 KiB hold at most 2,321 records. */
export const MAX_GAP = 2400;

/** The size of the record at a place, or 0 where none stands there. */
export function sizeAt(view: DataView, at: number, limit: number): number {
  if (view.getUint32(at, true) !== RECORD_MAGIC) return 0;
  const size = view.getUint32(at + 4, true);
  if (size < MIN_RECORD || size > limit - at) return 0;
  if (view.getUint32(at + size - 4, true) === size) return size;
  // The copy at the end is damaged: believe the size if another record follows, or nothing can.
  const next = at + size;
  if (next + MIN_RECORD > limit) return size;
  return view.getUint32(next, true) === RECORD_MAGIC ? size : 0;
}

/** The next place where a whole record stands, with an id that can follow; -1 for none. */
export function nextRecord(
  bytes: Buffer,
  view: DataView,
  from: number,
  trusted: number,
  limit: number,
  previous: number,
): number {
  for (let at = from; at + MIN_RECORD <= trusted; at++) {
    if (bytes[at] !== 0x2a || view.getUint32(at, true) !== RECORD_MAGIC) continue;
    const size = view.getUint32(at + 4, true);
    if (size < MIN_RECORD || size > limit - at || view.getUint32(at + size - 4, true) !== size) continue;
    const record = recordIdAt(view, at + 8);
    if (previous < 0 || (record > previous && record - previous <= MAX_GAP)) return at;
  }
  return -1;
}

/** How many records should follow the last one read, by the chunk's word; 0 where it can't be right. */
export function missing(previous: number, first: number, last: number): number {
  const from = previous < 0 ? first - 1 : previous;
  return last > from && last - from <= MAX_GAP ? last - from : 0;
}

/** The id in the header of the record, or in the header of the chunk, at a place. */
export function recordIdAt(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 4_294_967_296 + view.getUint32(at, true);
}
