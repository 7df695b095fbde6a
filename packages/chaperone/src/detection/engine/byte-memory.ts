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
/** The table begins small, so that it stays in the processor's cache as long as there is little to remember. */
const FIRST_SLOTS = 1 << 12;
/** Bytes kept for comparison, as 32-bit words: 32 MB. */
const ARENA_WORDS = 1 << 23;
/** A chain of this length is a crafted one: the expected longest chain at half load is about 20. */
const PROBES = 48;

/** What an entry's eight numbers are, by their place. */
const HASH = 0;
/** byte of the arena at which the value is kept */
const KEPT = 1;
const PACKED = 2;
const FIELD = 3;
/** signature of the value in its slot's view */
export const SIGNATURE = 4;
/** signature of the value among the view's keywords */
export const KEYWORD = 5;
/** number of the value's text among the ledger's strings (0: it has no role or says nothing) << 1 | whether an indicator matches it */
export const SAID = 6;
/** the entry that was met after this one in the same place, + 1: the guess for next time */
const NEXT = 7;

/**
 * `packed` is a value's length in bytes << 8 | its BinXML type. An entry is given by its place in `notes`, where the numbers
 * that were noted for it follow at `SIGNATURE`, `KEYWORD` and `SAID`.
 */
export class ByteMemory {
  readonly notes = new Int32Array(ENTRIES * 8);
  epoch = 0;
  private slots = new Int32Array(FIRST_SLOTS);
  private readonly arena = new Int32Array(ARENA_WORDS);
  private readonly kept = new DataView(this.arena.buffer);
  /** end of the entries in use, as a place in `notes` */
  private end = 0;
  private words = 0;
  private readonly seed = randomInt(0x7fffffff) | 1;
  private lastHash = 0;

  /**
   * The entry of a value, or -1 where it isn't remembered. `field` is any small number that stands for (view, slot). `hint`
   * is the entry that was met in this place last time (or -1). Logs repeat themselves: most fields say the same thing many
   * times in a row, or what they said after it before. Those two guesses are tried first, and need neither hash nor table.
   */
  lookup(field: number, packed: number, view: DataView, start: number, hint: number): number {
    if (hint < 0 || hint >= this.end) return this.search(field, packed, view, start);
    const { notes, kept } = this;
    if (
      notes[hint + PACKED] === packed &&
      notes[hint + FIELD] === field &&
      same(kept, notes[hint + KEPT], view, start, packed >>> 8)
    ) {
      return hint;
    }
    const next = notes[hint + NEXT] - 1;
    if (
      next >= 0 &&
      next < this.end &&
      notes[next + PACKED] === packed &&
      notes[next + FIELD] === field &&
      same(kept, notes[next + KEPT], view, start, packed >>> 8)
    ) {
      return next;
    }
    const found = this.search(field, packed, view, start);
    if (found >= 0) notes[hint + NEXT] = found + 1;
    return found;
  }

  private search(field: number, packed: number, view: DataView, start: number): number {
    const hash = this.hash(field, packed, view, start, packed >>> 8);
    this.lastHash = hash;
    const { slots, notes, kept } = this;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let probe = 0; probe < PROBES; probe += 1) {
      const at = slots[slot] - 1;
      if (at < 0) return -1;
      if (
        notes[at + HASH] === hash &&
        notes[at + PACKED] === packed &&
        notes[at + FIELD] === field &&
        same(kept, notes[at + KEPT], view, start, packed >>> 8)
      ) {
        return at;
      }
      slot = (slot + 1) & mask;
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
    if (this.end >> 2 >= this.slots.length) this.grow();
    const hash = this.lastHash;
    const at = this.end;
    if (!this.place(hash, at)) return -1;
    this.end += 8;
    const { notes } = this;
    notes[at + HASH] = hash;
    notes[at + KEPT] = this.words * 4;
    notes[at + PACKED] = packed;
    notes[at + FIELD] = field;
    notes[at + SIGNATURE] = signature;
    notes[at + KEYWORD] = keyword;
    notes[at + SAID] = (text << 1) | (hit ? 1 : 0);
    notes[at + NEXT] = 0;
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

  /** Puts an entry into the table; false where its chain would be too long. */
  private place(hash: number, at: number): boolean {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let probe = 0; probe < PROBES; probe += 1) {
      if (slots[slot] === 0) {
        slots[slot] = at + 1;
        return true;
      }
      slot = (slot + 1) & mask;
    }
    return false;
  }

  /** Doubles the table. An entry that finds no place in it is met no more, and its value counts as new. */
  private grow(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    for (let at = 0; at < this.end; at += 8) this.place(this.notes[at + HASH], at);
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

/**
 * Whether the bytes kept from `from` on are those of a value. Eight at a time (the compiler makes plain 64-bit comparisons of
 * the bigints), and the end by a last step that overlaps the one before: a loop over the rest would be mispredicted by the
 * processor for nearly every value.
 */
function same(kept: DataView, from: number, view: DataView, start: number, length: number): boolean {
  if (length >= 8) {
    const last = length - 8;
    for (let i = 0; i < last; i += 8) {
      if (kept.getBigInt64(from + i, true) !== view.getBigInt64(start + i, true)) return false;
    }
    return kept.getBigInt64(from + last, true) === view.getBigInt64(start + last, true);
  }
  if (length >= 4) {
    const last = length - 4;
    return (
      kept.getInt32(from, true) === view.getInt32(start, true) &&
      kept.getInt32(from + last, true) === view.getInt32(start + last, true)
    );
  }
  return length === 0 || kept.getInt32(from, true) === tail(view, start, length);
}

/** The last one to three bytes of a value as a number. */
function tail(view: DataView, at: number, length: number): number {
  if (length === 2) return view.getUint16(at, true);
  if (length === 1) return view.getUint8(at);
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}
