/**
 * `fold` as a table by code unit, for the automata: a walk folds in place and makes no string. It can be a table
 * because `fold` never looks at a unit's neighbours.
 */
import { fold } from '../fold.ts';

const UNITS = 0x10000;

/** Code unit → folded code unit. Only the first 256 bytes are touched by ASCII text. */
export const UNIT_FOLD: Uint16Array = foldTable();

/** The same for ASCII alone. */
export const ASCII_FOLD: Uint8Array = Uint8Array.from(UNIT_FOLD.subarray(0, 0x80));

function foldTable(): Uint16Array {
  const table = new Uint16Array(UNITS);
  // In runs of 256, so that the few units which need a closer look don't slow down all the others.
  for (let from = 0; from < UNITS; from += 256) {
    let run = '';
    for (let unit = from; unit < from + 256; unit++) run += String.fromCharCode(unit);
    const folded = fold(run);
    for (let i = 0; i < 256; i++) table[from + i] = folded.charCodeAt(i);
  }
  return table;
}
