import { DamagedRecord } from './issue.ts';
import type { SlotTable } from './slot-table.ts';
import { ValueType } from './value-type.ts';

/*
 * A template's canonical form: its tokens with the characters of names in place of their offsets and without lengths, as
 * 16-bit units. Two definitions with the same form are the same template, in whatever chunk, and nothing else is. The
 * form is written to one scratch array, hashed on the way, and copied only for a template not seen before.
 *
 *     41 ffff <size> <offset of "Data"> ...   becomes   41 ffff 4 D a t a ...
 */

/** Room for the longest canonical form, in 16-bit units: a definition fits in a chunk, but may repeat a long name. */
const MAX_CANONICAL = 1 << 18;
const scratch = new Uint16Array(MAX_CANONICAL);
const scratchBytes = Buffer.from(scratch.buffer);

let hash = 0;

/** Hash of what was written last; a collision costs a comparison and nothing else. */
export function canonicalHash(): number {
  return hash;
}

/** Whether the form written last, of so many units, is this one. */
export function isCanonical(form: Buffer, units: number): boolean {
  return form.length === units * 2 && scratchBytes.compare(form, 0, form.length, 0, form.length) === 0;
}

export function canonicalCopy(units: number): Buffer {
  return Buffer.from(scratchBytes.subarray(0, units * 2));
}

/**
 * Writes the tokens to `scratch` and gives their number of units, or -1 for what can't be followed (an unknown token, a
 * literal that isn't text): such a template is parsed each time and shared with no other chunk.
 *
 * @param inline for a fragment in a record: where to note its values, which are no part of the form then
 * @throws {DamagedRecord}
 */
export function canonicalise(
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  base: number,
  limit: number,
  inline: SlotTable | undefined,
): number {
  // a definition and a fragment with the same elements aren't the same: their slots mean other things
  scratch[0] = inline === undefined ? 0 : 1;
  let at = start;
  let out = 1;
  let mixed = scratch[0];
  // whether the next literal stays in the form, though the fragment is inline
  let fixed = false;
  for (;;) {
    if (at >= end) break;
    if (out + 0x10010 > MAX_CANONICAL) throw new DamagedRecord('A template is too long.', at, 'record-too-complex');
    const token = bytes[at++];
    if (token === 0) break;
    scratch[out++] = token;
    mixed = Math.imul(mixed ^ token, 0x9e3779b1);
    let from = 0;
    let units = 0;
    const plain = token & 0xbf;
    if (plain === 0x01 || plain === 0x06 || plain === 0x09 || plain === 0x0a) {
      if (plain === 0x01) {
        if (at + 10 > end) return -1;
        if (inline === undefined) {
          scratch[out++] = view.getUint16(at, true);
          at += 2;
        }
        at += 4;
      } else if (at + 4 > end) return -1;
      const name = base + view.getUint32(at, true);
      at += 4;
      if (name + 8 > limit) throw new DamagedRecord('A name lies outside of the chunk.', at - 4);
      from = name + 6;
      units = 1 + view.getUint16(from, true);
      if (from + units * 2 > limit) throw new DamagedRecord('A name reaches beyond the chunk.', at - 4);
      // a name that stands right here takes its place in the stream, with a NUL after it
      if (name === at) at += 8 + units * 2;
      if (token === 0x41) at += 4;
      if (inline !== undefined) {
        if (plain > 0x06) return -1;
        fixed = plain === 0x06 && isFixedAttribute(view, from, units);
      }
    } else if (plain === 0x0d || plain === 0x0e) {
      if (inline !== undefined || at + 3 > end) return -1;
      scratch[out++] = view.getUint16(at, true);
      scratch[out++] = bytes[at + 2];
      mixed = Math.imul(mixed ^ scratch[out - 2], 0x9e3779b1);
      at += 3;
    } else if (plain === 0x05 || plain === 0x07 || plain === 0x0b) {
      if (plain === 0x05 && bytes[at++] !== 0x01) return -1;
      if (at + 2 > end) return -1;
      from = at;
      units = 1 + view.getUint16(at, true);
      at += units * 2;
      if (at > end) return -1;
      if (inline !== undefined && !fixed) {
        if (plain !== 0x05) return -1;
        inline.add(ValueType.String, from + 2, units * 2 - 2);
        units = 0;
      }
    } else if (plain === 0x08) {
      if (inline !== undefined || at + 2 > end) return -1;
      scratch[out++] = view.getUint16(at, true);
      at += 2;
    } else if (plain === 0x0f) at += 3;
    else if (plain < 0x02 || plain > 0x04) return -1;
    else fixed = false;
    for (const to = from + units * 2; from < to; from += 2) {
      const unit = view.getUint16(from, true);
      scratch[out++] = unit;
      mixed = Math.imul(mixed ^ unit, 0x9e3779b1);
    }
  }
  hash = mixed ^ (mixed >>> 15);
  return out;
}

/** `Name`, or anything that starts with `xmlns`: what such an attribute says belongs to the shape. */
function isFixedAttribute(view: DataView, from: number, units: number): boolean {
  const text = units === 5 ? 'Name' : 'xmlns';
  if (units < 5) return false;
  for (let index = 0; index < text.length; index++) {
    if (view.getUint16(from + 2 + index * 2, true) !== text.charCodeAt(index)) return false;
  }
  return true;
}
