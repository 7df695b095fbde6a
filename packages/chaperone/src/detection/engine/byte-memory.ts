/**
 * Values repeat: over a million real Windows events, 98.5 % of the values that rules read had been seen before in the same
 * field. So the work done for a value (decode its text, run the automata over it, look it up among the indicators) is
 * done once, and afterwards its bytes are enough to find the result again.
 *
 * An open-addressed table from (field, type, bytes) to an entry number. A hit is believed only after the bytes have been
 * compared: logs are written by attackers, and two values that hash alike must not share a verdict. The hash is seeded per
 * process, and a chain that grows too long counts as a miss, so that crafted collisions cost little. When the table is full
 * everything is forgotten at once (`epoch` changes).
 *
 * Example: `CommandLine` = "whoami" in a million records is decoded and matched once; 999,999 times it costs a hash over
 * 12 bytes and one comparison.
 */
import { randomInt } from 'node:crypto';

/** Longer values are rarely seen twice and would crowd out the others; they are judged each time. */
const LONGEST = 8192;
/** 2^18 entries: at the 147,000 distinct values of a large sample everything fits; 8 MB of tables. */
const ENTRIES = 1 << 18;
const SLOTS = ENTRIES * 2;
/** Bytes kept for comparison, as 32-bit words: 32 MB. */
const ARENA_WORDS = 1 << 23;
/** A chain of this length is a crafted one: the expected longest chain at half load is about 20. */
const PROBES = 48;

/** What an entry's eight numbers are, by their place. */
const HASH = 0;
const WORD = 1;
const PACKED = 2;
const FIELD = 3;
/** signature of the value in its slot's view */
export const SIGNATURE = 4;
/** signature of the value among the view's keywords */
export const KEYWORD = 5;
/** number of the value's text among the ledger's strings; 0 where it has no role or says nothing */
export const TEXT = 6;
/** 1 where an indicator matches the value */
export const HIT = 7;

/**
 * `packed` is a value's length in bytes << 8 | its BinXML type. An entry is given by its place in `notes`, where the numbers
 * that were noted for it follow at `SIGNATURE`, `KEYWORD`, `TEXT` and `HIT`.
 */
export class ByteMemory {
  readonly notes = new Int32Array(ENTRIES * 8);
  epoch = 0;
  private readonly slots = new Int32Array(SLOTS);
  private readonly arena = new Int32Array(ARENA_WORDS);
  /** end of the entries in use, as a place in `notes` */
  private end = 0;
  private words = 0;
  private readonly seed = randomInt(0x7fffffff) | 1;
  private lastHash = 0;

  /**
   * The entry of a value, or -1 where it isn't remembered. `field` is any small number that stands for (view, slot). `hint`
   * is the entry that was found in this place last time (or -1): most fields say the same thing many times in a row, and
   * then neither hash nor table is needed.
   */
  lookup(field: number, packed: number, view: DataView, start: number, hint: number): number {
    if (hint >= 0 && hint < this.end) {
      const { notes } = this;
      if (
        notes[hint + PACKED] === packed &&
        notes[hint + FIELD] === field &&
        same(this.arena, notes[hint + WORD], view, start, packed >>> 8)
      ) {
        return hint;
      }
    }
    return this.search(field, packed, view, start);
  }

  private search(field: number, packed: number, view: DataView, start: number): number {
    const hash = this.hash(field, packed, view, start, packed >>> 8);
    this.lastHash = hash;
    const { slots, notes, arena } = this;
    let slot = hash & (SLOTS - 1);
    for (let probe = 0; probe < PROBES; probe += 1) {
      const at = slots[slot] - 1;
      if (at < 0) return -1;
      if (
        notes[at + HASH] === hash &&
        notes[at + PACKED] === packed &&
        notes[at + FIELD] === field &&
        same(arena, notes[at + WORD], view, start, packed >>> 8)
      ) {
        return at;
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
    return -1;
  }

  /**
   * Remembers the value that `lookup` has just missed, with what it means. Gives its entry, or -1 where it isn't worth it.
   * Clears everything when full.
   */
  insert(
    field: number,
    packed: number,
    view: DataView,
    start: number,
    signature: number,
    keyword: number,
    text: number,
    hit: boolean,
  ): number {
    const length = packed >>> 8;
    if (length > LONGEST) return -1;
    const words = (length + 3) >> 2;
    if (this.end === ENTRIES * 8 || this.words + words > ARENA_WORDS) this.clear();
    const hash = this.lastHash;
    let slot = hash & (SLOTS - 1);
    let probe = 0;
    while (this.slots[slot] !== 0) {
      slot = (slot + 1) & (SLOTS - 1);
      probe += 1;
      if (probe >= PROBES) return -1;
    }
    const at = this.end;
    this.end += 8;
    this.slots[slot] = at + 1;
    const { notes } = this;
    notes[at + HASH] = hash;
    notes[at + WORD] = this.words;
    notes[at + PACKED] = packed;
    notes[at + FIELD] = field;
    notes[at + SIGNATURE] = signature;
    notes[at + KEYWORD] = keyword;
    notes[at + TEXT] = text;
    notes[at + HIT] = hit ? 1 : 0;
    let i = start;
    const end = start + (length & ~3);
    let word = this.words;
    for (; i < end; i += 4) {
      this.arena[word] = view.getInt32(i, true);
      word += 1;
    }
    if (length & 3) this.arena[word] = tail(view, i, length & 3);
    this.words += words;
    return at;
  }

  /** Forgets everything: what was remembered under the old `epoch` must not be used again. */
  clear(): void {
    this.slots.fill(0);
    this.end = 0;
    this.words = 0;
    this.epoch += 1;
  }

  private hash(field: number, packed: number, view: DataView, start: number, length: number): number {
    let a = this.seed ^ Math.imul(field + 1, 0x9e3779b1);
    let b = (this.seed << 7) ^ packed;
    let i = start;
    // Four chains that don't wait for each other.
    if (length >= 16) {
      let c = this.seed >>> 3;
      let d = ~this.seed;
      const end = start + (length & ~15);
      for (; i < end; i += 16) {
        a = Math.imul(a, 0x85ebca6b) ^ view.getInt32(i, true);
        b = Math.imul(b, 0xc2b2ae35) ^ view.getInt32(i + 4, true);
        c = Math.imul(c, 0x27d4eb2f) ^ view.getInt32(i + 8, true);
        d = Math.imul(d, 0x165667b1) ^ view.getInt32(i + 12, true);
      }
      a ^= Math.imul(c ^ (c >>> 15), 0x2c1b3c6d);
      b ^= Math.imul(d ^ (d >>> 13), 0x297a2d39);
    }
    for (const end = start + (length & ~3); i < end; i += 4) {
      a = Math.imul(a ^ view.getInt32(i, true), 0x27d4eb2f);
      a ^= a >>> 15;
    }
    if (length & 3) b = Math.imul(b ^ tail(view, i, length & 3), 0x165667b1);
    a = Math.imul(a ^ (a >>> 16), 0x85ebca6b);
    b = Math.imul(b ^ (b >>> 15), 0xc2b2ae35);
    let hash = Math.imul(a ^ (b >>> 16) ^ (b << 16), 0x85ebca6b);
    hash ^= hash >>> 13;
    hash = Math.imul(hash, 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }
}

/** Whether the bytes kept from a word on are those of a value. Sixteen at a time, as long as nothing differs. */
function same(arena: Int32Array, from: number, view: DataView, start: number, length: number): boolean {
  let word = from;
  let i = start;
  for (const end = start + (length & ~15); i < end; i += 16, word += 4) {
    const differs =
      (arena[word] ^ view.getInt32(i, true)) |
      (arena[word + 1] ^ view.getInt32(i + 4, true)) |
      (arena[word + 2] ^ view.getInt32(i + 8, true)) |
      (arena[word + 3] ^ view.getInt32(i + 12, true));
    if (differs !== 0) return false;
  }
  for (const end = start + (length & ~3); i < end; i += 4, word += 1) {
    if (arena[word] !== view.getInt32(i, true)) return false;
  }
  return (length & 3) === 0 || arena[word] === tail(view, i, length & 3);
}

/** The last one to three bytes of a value as a number. */
function tail(view: DataView, at: number, length: number): number {
  if (length === 2) return view.getUint16(at, true);
  if (length === 1) return view.getUint8(at);
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}
