import { randomInt } from 'node:crypto';
import type { Indicator, IndicatorType } from './indicator.ts';

/*
 * A million indicators as objects are 250 MB in each thread. Here they are columns of numbers and one stretch of text in memory that all threads
 * share: about 90 bytes each, once. A row's strings lie in the text as UTF-8; a hash table over kind and value leads to the first row of a value, and
 * each row names the next one of the same value.
 */

/** The tables in which values are looked up. Hashes of all lengths share one: their lengths tell them apart. */
export const KIND = {
  domain: 0,
  url: 1,
  ip: 2,
  email: 3,
  hash: 4,
  'file-name': 5,
  'file-path': 6,
  mutex: 7,
  pipe: 8,
  'registry-key': 9,
  /** not looked up by value */
  cidr: 10,
  pattern: 11,
} as const;
const KINDS = 12;

const TYPES: readonly IndicatorType[] = [
  'domain',
  'url',
  'ip',
  'cidr',
  'email',
  'md5',
  'sha1',
  'sha256',
  'file-name',
  'file-path',
  'mutex',
  'pipe',
  'registry-key',
  'imphash',
];

/** Indicators as plain data whose memory threads share. */
export interface PackedIndicators {
  readonly size: number;
  /** how many of each kind */
  readonly counts: readonly number[];
  readonly text: SharedArrayBuffer;
  readonly rows: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
  /** two bits for each value, in a quarter of the slots' room: says of most values that aren't listed that they aren't */
  readonly filter: SharedArrayBuffer;
  /** drawn anew for each store, so that no feed can be made whose values all meet in one slot */
  readonly seed: number;
}

const STRIDE = 10;
// Columns of a row. Strings are an offset in the text and, elsewhere, a length in bytes.
const HEAD = 0; // type, confidence, kind, whether the value is ASCII: a byte each
const VALUE = 1;
const WRITTEN = 2;
const FEED = 3;
const DESCRIPTION = 4;
const LENGTHS = 5; // value and written, 16 bits each
const LENGTHS2 = 6; // feed and description
const FROM = 7; // minutes since 1970
const UNTIL = 8;
const NEXT = 9; // the next row of the same value, counted from 1
const NONE = -0x8000_0000;
const NO_CONFIDENCE = 255;
const MINUTE = 60_000;
const MAX_MINUTES = 0x7fff_ffff;
/** No string of an indicator is longer. */
const MAX_STRING = 4_096;
/** Feeds and notes repeat: this many different ones are kept once. */
const MAX_SHARED = 20_000;
/** All of a store's memory: what a scan may hold is 400 MB. */
const MAX_BYTES = 160_000_000;

/*
 * A slot holds a row's number from 1 and above it eight bits of the value's hash. Nearly every look-up is of a value that isn't listed: by those
 * bits it is told without a visit to the row, which in a large table is somewhere that no cache has.
 */
const ROW = 0xff_ffff;

/** Takes indicators one by one into shared memory. */
export class IndicatorStore {
  size = 0;
  readonly #text = growable(1 << 16);
  readonly #rows = growable(1 << 16);
  #bytes = new Uint8Array(this.#text);
  #cells = new Int32Array(this.#rows);
  #slots = new Int32Array(new SharedArrayBuffer(4 << 10));
  #filter = filterFor(this.#slots.length);
  #end = 0;
  readonly #counts = new Array<number>(KINDS).fill(0);
  readonly #shared = new Map<string, number>();
  readonly #seed = randomInt(2 ** 32 - 1) | 0;
  readonly #encoder = new TextEncoder();

  /** Whether there is room for more. */
  get full(): boolean {
    return this.size >= ROW || this.#end + this.size * STRIDE * 4 + this.#slots.byteLength > MAX_BYTES;
  }

  /** Adds an indicator, unless one of the same type and value is among those from number `since` on. Says whether it was added. */
  add(indicator: Indicator, since = 0): boolean {
    const kind = kindOf(indicator);
    const { value } = indicator;
    if ((this.size + 1) * 2 > this.#slots.length) this.#grow();
    const view = { bytes: this.#bytes, cells: this.#cells };
    const type = TYPES.indexOf(indicator.type);
    const hash = hashOf(this.#seed, kind, value);
    const slot = slotOf(this.#slots, view, hash, kind, value);
    let last = -1;
    for (let row = (this.#slots[slot]! & ROW) - 1; row >= 0; row = this.#cells[row * STRIDE + NEXT]! - 1) {
      if (row >= since && (this.#cells[row * STRIDE + HEAD]! & 255) === type) return false;
      last = row;
    }
    const row = this.size++;
    this.#room(row);
    this.#write(row, indicator, kind, type);
    if (last < 0) this.#begin(slot, row, hash);
    else this.#cells[last * STRIDE + NEXT] = row + 1;
    this.#counts[kind]!++;
    return true;
  }

  pack(): PackedIndicators {
    return {
      size: this.size,
      counts: this.#counts,
      text: this.#text,
      rows: this.#rows,
      slots: this.#slots.buffer as SharedArrayBuffer,
      filter: this.#filter.buffer as SharedArrayBuffer,
      seed: this.#seed,
    };
  }

  #begin(slot: number, row: number, hash: number): void {
    this.#slots[slot] = (row + 1) | (hash & ~ROW);
    const word = wordOf(this.#filter, hash);
    this.#filter[word] = this.#filter[word]! | bitsOf(hash);
  }

  #write(row: number, indicator: Indicator, kind: number, type: number): void {
    const { value, written, feed, description, confidence, validFrom, validUntil } = indicator;
    const said = description?.replaceAll('\0', ' ') ?? '';
    const note = indicator.tlp === undefined ? said : `${indicator.tlp.replaceAll('\0', ' ')}\0${said}`;
    const at = row * STRIDE;
    const put = (text: string) => this.#put(text);
    const [valueAt, valueLength] = put(value);
    const [writtenAt, writtenLength] = written === value ? [valueAt, valueLength] : put(written);
    const [feedAt, feedLength] = this.#putOnce(feed);
    const [noteAt, noteLength] = this.#putOnce(note);
    const cells = this.#cells;
    const ascii = valueLength === value.length ? 1 : 0;
    cells[at + HEAD] = type | ((confidence ?? NO_CONFIDENCE) << 8) | (kind << 16) | (ascii << 24);
    cells[at + VALUE] = valueAt;
    cells[at + WRITTEN] = writtenAt;
    cells[at + FEED] = feedAt;
    cells[at + DESCRIPTION] = noteAt;
    cells[at + LENGTHS] = valueLength | (writtenLength << 16);
    cells[at + LENGTHS2] = feedLength | (noteLength << 16);
    cells[at + FROM] = minutes(validFrom);
    cells[at + UNTIL] = minutes(validUntil);
  }

  #putOnce(text: string): [at: number, length: number] {
    if (text === '') return [0, 0];
    const known = this.#shared.get(text);
    if (known !== undefined) return [known, Math.min(Buffer.byteLength(text), MAX_STRING)];
    const put = this.#put(text);
    if (this.#shared.size < MAX_SHARED) this.#shared.set(text, put[0]);
    return put;
  }

  #put(text: string): [at: number, length: number] {
    const most = Math.min(text.length * 3, MAX_STRING);
    while (this.#end + most > this.#text.byteLength) {
      this.#text.grow(this.#text.byteLength * 2);
      this.#bytes = new Uint8Array(this.#text);
    }
    const { written } = this.#encoder.encodeInto(text, this.#bytes.subarray(this.#end, this.#end + most));
    const at = this.#end;
    this.#end += written;
    return [at, written];
  }

  #room(row: number): void {
    if ((row + 1) * STRIDE * 4 <= this.#rows.byteLength) return;
    this.#rows.grow(this.#rows.byteLength * 2);
    this.#cells = new Int32Array(this.#rows);
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(new SharedArrayBuffer(old.byteLength * 2));
    const table = new IndicatorTable(this.pack());
    this.#filter = filterFor(this.#slots.length);
    const mask = this.#slots.length - 1;
    for (const first of old) {
      if (first === 0) continue;
      const row = (first & ROW) - 1;
      const kind = (this.#cells[row * STRIDE + HEAD]! >>> 16) & 255;
      const hash = hashOf(this.#seed, kind, table.valueOf(row));
      let slot = hash & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#begin(slot, row, hash);
    }
  }
}

interface View {
  readonly bytes: Uint8Array;
  readonly cells: Int32Array;
}

/** Reads packed indicators, in whichever thread. */
export class IndicatorTable {
  readonly size: number;
  readonly counts: readonly number[];
  readonly #view: View;
  readonly #slots: Int32Array;
  readonly #filter: Int32Array;
  readonly #text: Buffer;
  readonly #seed: number;

  constructor({ size, counts, text, rows, slots, filter, seed }: PackedIndicators) {
    this.#seed = seed;
    this.size = size;
    this.counts = counts;
    this.#view = { bytes: new Uint8Array(text, 0, text.byteLength), cells: new Int32Array(rows, 0, size * STRIDE) };
    this.#slots = new Int32Array(slots);
    this.#filter = new Int32Array(filter);
    this.#text = Buffer.from(text, 0, text.byteLength);
  }

  /** All indicators of a kind with this value; undefined where there are none. */
  find(kind: number, value: string): Indicator[] | undefined {
    if (this.counts[kind] === 0) return undefined;
    const hash = hashOf(this.#seed, kind, value);
    const bits = bitsOf(hash);
    if ((this.#filter[wordOf(this.#filter, hash)]! & bits) !== bits) return undefined;
    const first = (this.#slots[slotOf(this.#slots, this.#view, hash, kind, value)]! & ROW) - 1;
    if (first < 0) return undefined;
    const found: Indicator[] = [];
    for (let row = first; row >= 0; row = this.#view.cells[row * STRIDE + NEXT]! - 1) found.push(this.read(row));
    return found;
  }

  /** All indicators of a kind, in the order in which they came. */
  *all(kind?: number): Generator<Indicator> {
    if (kind !== undefined && this.counts[kind] === 0) return;
    for (let row = 0; row < this.size; row++)
      if (kind === undefined || ((this.#view.cells[row * STRIDE + HEAD]! >>> 16) & 255) === kind) yield this.read(row);
  }

  valueOf(row: number): string {
    const at = row * STRIDE;
    return this.#string(this.#view.cells[at + VALUE]!, this.#view.cells[at + LENGTHS]! & 0xffff);
  }

  read(row: number): Indicator {
    const { cells } = this.#view;
    const at = row * STRIDE;
    const head = cells[at + HEAD]!;
    const confidence = (head >>> 8) & 255;
    const note = this.#string(cells[at + DESCRIPTION]!, cells[at + LENGTHS2]! >>> 16);
    const cut = note.indexOf('\0');
    const description = note.slice(cut + 1);
    const [from, until] = [cells[at + FROM]!, cells[at + UNTIL]!];
    return {
      type: TYPES[head & 255]!,
      value: this.valueOf(row),
      written: this.#string(cells[at + WRITTEN]!, cells[at + LENGTHS]! >>> 16),
      feed: this.#string(cells[at + FEED]!, cells[at + LENGTHS2]! & 0xffff),
      ...(from === NONE ? {} : { validFrom: from * MINUTE }),
      ...(until === NONE ? {} : { validUntil: until * MINUTE }),
      ...(confidence === NO_CONFIDENCE ? {} : { confidence }),
      ...(cut < 0 ? {} : { tlp: note.slice(0, cut) }),
      ...(description === '' ? {} : { description }),
    };
  }

  #string(at: number, length: number): string {
    return this.#text.toString('utf8', at, at + length);
  }
}

function kindOf({ type, value }: Indicator): number {
  if (type === 'md5' || type === 'sha1' || type === 'sha256' || type === 'imphash') return KIND.hash;
  if (type === 'file-name' && value.includes('[digits]')) return KIND.pattern;
  return KIND[type];
}

// The slot of the first row of a value, or the free one where it would go.
function slotOf(slots: Int32Array, view: View, hash: number, kind: number, value: string): number {
  const mask = slots.length - 1;
  let slot = hash & mask;
  for (let held = slots[slot]!; held !== 0; held = slots[slot]!) {
    if (((held ^ hash) & ~ROW) === 0 && same(view, ((held & ROW) - 1) * STRIDE, kind, value)) return slot;
    slot = (slot + 1) & mask;
  }
  return slot;
}

// Half a byte for each slot, a byte for each value.
function filterFor(slots: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(Math.max(64, slots >>> 1)));
}

function wordOf(filter: Int32Array, hash: number): number {
  return (hash >>> 4) & (filter.length - 1);
}

function bitsOf(hash: number): number {
  const other = Math.imul(hash, 0x9e3779b1);
  return (1 << (other >>> 27)) | (1 << ((other >>> 22) & 31));
}

function same({ bytes, cells }: View, at: number, kind: number, value: string): boolean {
  const head = cells[at + HEAD]!;
  if (((head >>> 16) & 255) !== kind) return false;
  const length = cells[at + LENGTHS]! & 0xffff;
  const start = cells[at + VALUE]!;
  if (head >>> 24 === 0) return Buffer.from(bytes.subarray(start, start + length)).toString('utf8') === value;
  if (length !== value.length) return false;
  for (let i = 0; i < length; i++) if (bytes[start + i] !== value.charCodeAt(i)) return false;
  return true;
}

function hashOf(seed: number, kind: number, value: string): number {
  let hash = seed ^ Math.imul(kind + 1, 0x9e3779b1);
  for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function minutes(time: number | undefined): number {
  if (time === undefined) return NONE;
  return Math.max(-MAX_MINUTES, Math.min(MAX_MINUTES, Math.floor(time / MINUTE)));
}

function growable(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(bytes, { maxByteLength: 1 << 29 });
}
