import { wallMicros } from '../time/civil.ts';
import type { RandomAccess } from './random-access.ts';

/**
 * A zip's central directory (PKWARE APPNOTE 6.3.10, sections 4.3.12 to 4.3.16). Written here because a reader of evidence
 * must take archives whose end is a byte short or long, or that stand behind other bytes, as recorded ones often do.
 */
export interface DirectoryEntry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc32: number;
  readonly packed: number;
  readonly size: number;
  readonly header: number;
  readonly modified: number;
  /** set on the last entry given, where the directory can't be read on */
  readonly problem?: string;
}

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const ENTRY = 0x02014b50;
const END_SIZE = 22;
const ENTRY_SIZE = 46;
/** The end record's comment is at most 64 KiB long. */
const END_SEARCH = END_SIZE + 0xffff;
const WINDOW = 256 * 1024;

interface Directory {
  readonly start: number;
  readonly end: number;
  /** what to add to offsets: bytes that stand before the archive */
  readonly shift: number;
}

/** The entries of a zip; the last may carry only a `problem`. Names are decoded as UTF-8 if flagged, else as CP437. */
export async function* readDirectory(access: RandomAccess): AsyncGenerator<DirectoryEntry> {
  const directory = await findDirectory(access);
  if (directory === undefined) {
    yield problem('its directory, which stands at the end, is missing: it was cut off');
    return;
  }
  let at = directory.start;
  let window: Buffer = Buffer.alloc(0);
  let base = at;
  while (at + ENTRY_SIZE <= directory.end) {
    if (at + ENTRY_SIZE > base + window.length || needs(window, at - base) > window.length) {
      base = at;
      window = await access.read(at, Math.min(WINDOW, directory.end - at));
    }
    const from = at - base;
    if (window.length < from + ENTRY_SIZE || window.readUInt32LE(from) !== ENTRY) {
      yield problem('its directory is damaged');
      return;
    }
    const next = needs(window, from);
    if (next > window.length) {
      yield problem('its directory is cut off');
      return;
    }
    yield entryAt(window.subarray(from, next), directory.shift);
    at = base + next;
  }
}

/** Where the entry at `from` ends in the window. */
function needs(window: Buffer, from: number): number {
  if (window.length < from + ENTRY_SIZE) return Number.POSITIVE_INFINITY;
  return (
    from + ENTRY_SIZE + window.readUInt16LE(from + 28) + window.readUInt16LE(from + 30) + window.readUInt16LE(from + 32)
  );
}

function entryAt(bytes: Buffer, shift: number): DirectoryEntry {
  const nameLength = bytes.readUInt16LE(28);
  const rawName = bytes.subarray(ENTRY_SIZE, ENTRY_SIZE + nameLength);
  const extra = bytes.subarray(ENTRY_SIZE + nameLength, ENTRY_SIZE + nameLength + bytes.readUInt16LE(30));
  const flags = bytes.readUInt16LE(8);
  const wide = wideFields(extra, bytes.readUInt32LE(24), bytes.readUInt32LE(20), bytes.readUInt32LE(42));
  return {
    name: (flags & 0x800) !== 0 ? rawName.toString('utf8') : fromCp437(rawName),
    flags,
    method: bytes.readUInt16LE(10),
    crc32: bytes.readUInt32LE(16),
    size: wide.size,
    packed: wide.packed,
    header: wide.header + shift,
    modified: dosTime(bytes.readUInt16LE(14), bytes.readUInt16LE(12)),
  };
}

/** Sizes and offset; those of 0xffffffff stand in the zip64 extra field, in this order (APPNOTE 4.5.3). */
function wideFields(extra: Buffer, size: number, packed: number, header: number) {
  const values = [size, packed, header];
  for (let at = 0; at + 4 <= extra.length; ) {
    const id = extra.readUInt16LE(at);
    const end = Math.min(extra.length, at + 4 + extra.readUInt16LE(at + 2));
    if (id === 1) {
      let from = at + 4;
      for (let i = 0; i < 3; i += 1) {
        if (values[i] !== 0xffffffff || from + 8 > end) continue;
        values[i] = Number(extra.readBigUInt64LE(from));
        from += 8;
      }
    }
    at = end;
  }
  return { size: values[0], packed: values[1], header: values[2] };
}

async function findDirectory(access: RandomAccess): Promise<Directory | undefined> {
  const length = Math.min(access.size, END_SEARCH);
  const tail = await access.read(access.size - length, length);
  const tailStart = access.size - length;
  for (let at = tail.length - END_SIZE; at >= 0; at -= 1) {
    if (tail[at] !== 0x50 || tail.readUInt32LE(at) !== END) continue;
    const end = tailStart + at;
    let count = tail.readUInt16LE(at + 10);
    let size = tail.readUInt32LE(at + 12);
    let start = tail.readUInt32LE(at + 16);
    let edge = end;
    if (count === 0xffff || size === 0xffffffff || start === 0xffffffff) {
      const wide = await end64(access, end);
      if (wide !== undefined) ({ count, size, start, edge } = wide);
    }
    // The directory ends where the end record begins: what it states may be short by what stands before the archive
    const real = edge - size;
    if (real < 0) continue;
    if (count === 0) return { start: real, end: real, shift: 0 };
    if (await startsEntry(access, real)) return { start: real, end: edge, shift: real - start };
    if (await startsEntry(access, start)) return { start, end: Math.min(edge, start + size), shift: 0 };
  }
  return undefined;
}

async function startsEntry(access: RandomAccess, at: number): Promise<boolean> {
  const bytes = await access.read(at, 4);
  return bytes.length === 4 && bytes.readUInt32LE(0) === ENTRY;
}

async function end64(access: RandomAccess, end: number) {
  const locator = await access.read(Math.max(0, end - 20), 20);
  if (locator.length < 20 || locator.readUInt32LE(0) !== LOCATOR64) return undefined;
  const edge = Number(locator.readBigUInt64LE(8));
  const record = await access.read(edge, 56);
  if (record.length < 56 || record.readUInt32LE(0) !== END64) return undefined;
  return {
    count: Number(record.readBigUInt64LE(32)),
    size: Number(record.readBigUInt64LE(40)),
    start: Number(record.readBigUInt64LE(48)),
    edge,
  };
}

/** MS-DOS date and time, two-second steps, read as UTC since no zone is stated; 0 where it is no date. */
function dosTime(date: number, time: number): number {
  const micros = wallMicros(
    1980 + (date >> 9),
    (date >> 5) & 15,
    date & 31,
    time >> 11,
    (time >> 5) & 63,
    (time & 31) * 2,
    0,
  );
  return micros ?? 0;
}

/** The upper half of IBM code page 437, in which names without the UTF-8 flag are written. */
const CP437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

function fromCp437(bytes: Buffer): string {
  let text = '';
  for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : CP437[byte - 0x80];
  return text;
}

function problem(why: string): DirectoryEntry {
  return { name: '', flags: 0, method: 0, crc32: 0, packed: 0, size: 0, header: 0, modified: 0, problem: why };
}
