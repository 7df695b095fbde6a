import { fileTimeText, systemTimeText } from './file-time.ts';
import { ARRAY, fixedSize, ValueType } from './value-type.ts';

/**
 * The JavaScript value of a BinXML value: strings; numbers for integers and reals (a 64-bit integer that a double can't
 * hold is its decimal string, a real that is no number its name); booleans (other bit patterns stay integers);
 * `0x..` for hexadecimal and size_t; `{guid}` in lower case; `S-1-..`; ISO times with seven digits; upper-case
 * hexadecimal for bytes. An array type gives an array; `undefined` for null. Never throws: a value whose length doesn't
 * suit its type is shown as bytes.
 */
export function decodeValue(bytes: Buffer, type: number, start: number, length: number): unknown {
  if (type & ARRAY) return decodeArray(bytes, type & 0x7f, start, length);
  switch (type) {
    case ValueType.Null:
      return undefined;
    case ValueType.String:
      return utf16(bytes, start, length);
    case ValueType.AnsiString:
      return ansi(bytes, start, length);
    case ValueType.Binary:
      return hexBytes(bytes, start, length);
    case ValueType.Sid:
      return sidText(bytes, start, length);
    case ValueType.SizeT:
      if (length === 4) return hex32(bytes, start);
      return length === 8 ? hex64(bytes, start) : hexBytes(bytes, start, length);
    case ValueType.Bool:
      if (length === 1) return truth(bytes[start]);
      break;
  }
  const size = fixedSize(type);
  return size === 0 || length < size ? hexBytes(bytes, start, length) : decodeFixed(bytes, type, start);
}

/** Whether a value counts as empty: null, an empty string (also one that begins with NUL), no bytes, no BinXML. */
export function isEmptyValue(bytes: Buffer, type: number, start: number, length: number): boolean {
  if (length === 0 || type === ValueType.Null) return true;
  if (type === ValueType.String) return length < 2 || (bytes[start] === 0 && bytes[start + 1] === 0);
  return type === ValueType.AnsiString && bytes[start] === 0;
}

function decodeFixed(bytes: Buffer, type: number, at: number): unknown {
  switch (type) {
    case ValueType.Int8:
      return bytes.readInt8(at);
    case ValueType.UInt8:
      return bytes[at];
    case ValueType.Int16:
      return bytes.readInt16LE(at);
    case ValueType.UInt16:
      return bytes.readUInt16LE(at);
    case ValueType.Int32:
      return bytes.readInt32LE(at);
    case ValueType.UInt32:
      return bytes.readUInt32LE(at);
    case ValueType.Int64:
      return whole(bytes.readInt32LE(at + 4) * 4_294_967_296 + bytes.readUInt32LE(at), bytes, at, true);
    case ValueType.UInt64:
      return whole(bytes.readUInt32LE(at + 4) * 4_294_967_296 + bytes.readUInt32LE(at), bytes, at, false);
    case ValueType.Real32:
      return real(shortest(bytes.readFloatLE(at)));
    case ValueType.Real64:
      return real(bytes.readDoubleLE(at));
    case ValueType.Bool:
      return truth(bytes.readInt32LE(at));
    case ValueType.Guid:
      return guidText(bytes, at);
    case ValueType.FileTime:
      return fileTimeText(bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4));
    case ValueType.SysTime: {
      const part = (index: number) => bytes.readUInt16LE(at + index * 2);
      return systemTimeText(part(0), part(1), part(3), part(4), part(5), part(6), part(7));
    }
    case ValueType.HexInt32:
      return hex32(bytes, at);
    default:
      return hex64(bytes, at);
  }
}

function decodeArray(bytes: Buffer, type: number, start: number, length: number): unknown {
  const end = start + length;
  if (type === ValueType.String) return stringArray(bytes, start, end);
  if (type === ValueType.AnsiString) return ansiArray(bytes, start, end);
  if (type === ValueType.Sid) return sidArray(bytes, start, end);
  const size = type === ValueType.SizeT ? (length % 8 === 0 ? 8 : 4) : fixedSize(type);
  if (size === 0 || length % size !== 0) return hexBytes(bytes, start, length);
  const items: unknown[] = [];
  for (let at = start; at < end; at += size) items.push(decodeValue(bytes, type, at, size));
  return items;
}

function stringArray(bytes: Buffer, start: number, end: number): string[] {
  const items: string[] = [];
  let from = start;
  let at = start;
  for (; at + 1 < end; at += 2) {
    if (bytes[at] !== 0 || bytes[at + 1] !== 0) continue;
    items.push(bytes.toString('utf16le', from, at));
    from = at + 2;
  }
  // the last string may lack its NUL
  if (at > from) items.push(bytes.toString('utf16le', from, at));
  return items;
}

function ansiArray(bytes: Buffer, start: number, end: number): string[] {
  const items: string[] = [];
  let from = start;
  for (let at = start; at < end; at++) {
    if (bytes[at] !== 0) continue;
    items.push(ansi(bytes, from, at - from));
    from = at + 1;
  }
  if (end > from) items.push(ansi(bytes, from, end - from));
  return items;
}

function sidArray(bytes: Buffer, start: number, end: number): string[] {
  const items: string[] = [];
  for (let at = start; at < end; ) {
    const size = at + 2 <= end ? 8 + 4 * bytes[at + 1] : 8;
    items.push(sidText(bytes, at, Math.min(size, end - at)));
    at += size;
  }
  return items;
}

/** UTF-16LE text up to its first NUL, as Windows shows it. Lone surrogates stay. */
export function utf16(bytes: Buffer, start: number, length: number): string {
  const text = bytes.toString('utf16le', start, start + (length & ~1));
  const nul = text.indexOf('\0');
  return nul < 0 ? text : text.slice(0, nul);
}

let windows1252: InstanceType<typeof TextDecoder> | undefined;

function ansi(bytes: Buffer, start: number, length: number): string {
  windows1252 ??= new TextDecoder('windows-1252');
  const text = windows1252.decode(bytes.subarray(start, start + length));
  const nul = text.indexOf('\0');
  return nul < 0 ? text : text.slice(0, nul);
}

function hexBytes(bytes: Buffer, start: number, length: number): string {
  return bytes.toString('hex', start, start + length).toUpperCase();
}

function hex32(bytes: Buffer, at: number): string {
  return `0x${bytes.readUInt32LE(at).toString(16)}`;
}

function hex64(bytes: Buffer, at: number): string {
  const high = bytes.readUInt32LE(at + 4);
  const low = bytes.readUInt32LE(at);
  return high === 0 ? `0x${low.toString(16)}` : `0x${high.toString(16)}${low.toString(16).padStart(8, '0')}`;
}

function whole(value: number, bytes: Buffer, at: number, signed: boolean): number | string {
  if (Number.isSafeInteger(value)) return value;
  return (signed ? bytes.readBigInt64LE(at) : bytes.readBigUInt64LE(at)).toString();
}

function real(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** A 32-bit real with the fewest digits that give it back: 0.1 and not 0.10000000149011612. */
function shortest(value: number): number {
  if (!Number.isFinite(value)) return value;
  for (let digits = 1; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return rounded;
  }
  return value;
}

function truth(value: number): boolean | number {
  return value === 0 ? false : value === 1 ? true : value;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function guidText(bytes: Buffer, at: number): string {
  const b = (index: number) => HEX[bytes[at + index]];
  return `{${b(3)}${b(2)}${b(1)}${b(0)}-${b(5)}${b(4)}-${b(7)}${b(6)}-${b(8)}${b(9)}-${b(10)}${b(11)}${b(12)}${b(13)}${b(14)}${b(15)}}`;
}

function sidText(bytes: Buffer, start: number, length: number): string {
  if (length < 8) return 'S-?';
  const count = Math.min(bytes[start + 1], (length - 8) >> 2);
  let text = `S-${bytes[start]}-${bytes.readUIntBE(start + 2, 6)}`;
  for (let index = 0; index < count; index++) text += `-${bytes.readUInt32LE(start + 8 + index * 4)}`;
  return text;
}
