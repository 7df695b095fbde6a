/**
 * The innermost loops of `SubstringIndex` over a text that has been copied to bytes: they only note the places worth a look, a few in a
 * hundred. They are functions of their own over plain arrays because V8 makes them twice as fast as the same loops in a method that acts on
 * what it finds; over bytes because asking a string for each of its characters costs four times as much.
 */
import { SPREAD } from './gram-table.ts';
import { PAIR_BITS } from './pair-table.ts';
import { ASCII_FOLD } from './unit-fold.ts';

/** Texts of so many characters are copied; below it the copy costs more than it saves. */
const COPIED_FROM = 32;
/** and beyond it the copies would take too much room */
const COPIED_TO = 1 << 20;
const ENCODER = new TextEncoder();
/** where texts are copied to; it grows */
let copy = new Uint8Array(1 << 14);
/** Places noted before they are looked at. */
const MOST_PLACES = 1 << 10;

/** Where the last scan found something, */
export const PLACES = new Int32Array(MOST_PLACES);
/** and what: the four folded characters that end there, packed. */
export const GRAMS = new Int32Array(MOST_PLACES);

/** Copies a text for the scans; false where it isn't all ASCII, or too short or long to be worth it. */
export function copyAscii(text: string): boolean {
  if (text.length < COPIED_FROM || text.length > COPIED_TO) return false;
  if (text.length > copy.length) copy = new Uint8Array(Math.min(COPIED_TO, text.length * 2));
  const { read, written } = ENCODER.encodeInto(text, copy);
  return read === text.length && written === text.length;
}

/**
 * Notes in `PLACES` and `GRAMS` where a bitmap has the gram that ends there, from `from` on; stops when they are full.
 *
 * @param shift of a gram's hash, to the bitmap's size
 * @returns how many; where they are `MOST_PLACES` the scan goes on after the last of them
 */
export function scanGrams(from: number, length: number, bits: Int32Array, shift: number): number {
  const bytes = copy;
  let packed = 0;
  for (let i = Math.max(0, from - 3); i < from; i++) packed = (packed << 8) | ASCII_FOLD[bytes[i]];
  let count = 0;
  for (let i = from; i < length; i++) {
    packed = (packed << 8) | ASCII_FOLD[bytes[i]];
    const bit = Math.imul(packed, SPREAD) >>> shift;
    if ((bits[bit >>> 5] >>> (bit & 31)) & 1) {
      PLACES[count] = i;
      GRAMS[count++] = packed;
      if (count === MOST_PLACES) return count;
    }
  }
  return count;
}

/** The same for where a pair of characters ends, or a single one stands, that some needle is filed under. */
export function scanShort(from: number, length: number, heads: Uint16Array, singles: Int32Array): number {
  const bytes = copy;
  let before = from > 0 ? ASCII_FOLD[bytes[from - 1]] : 0;
  let count = 0;
  for (let i = from; i < length; i++) {
    const unit = ASCII_FOLD[bytes[i]];
    const pair = (before << PAIR_BITS) | unit;
    before = unit;
    if (heads[pair] !== 0 || singles[unit] >= 0) {
      PLACES[count] = i;
      GRAMS[count++] = pair;
      if (count === MOST_PLACES) return count;
    }
  }
  return count;
}

/** Whether a scan that noted so many has more before it. */
export function scanGoesOn(count: number): boolean {
  return count === MOST_PLACES;
}
