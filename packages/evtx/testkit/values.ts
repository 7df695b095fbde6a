import { ARRAY, ValueType } from '../src/value-type.ts';

/** A value as it stands in a record: its BinXML type and its bytes. */
export interface TypedValue {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/**
 * What a field may be given as. A plain value gets the type that Windows would mostly use: a string UnicodeString, a
 * number UInt32 (Int32 where negative, Real64 where not whole), a bigint UInt64, a boolean Boolean, a Date FILETIME,
 * bytes Binary, an array of strings a string array; null is a null value. `values` makes the rest.
 */
export type FieldValue =
  | TypedValue
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | null
  | undefined
  | readonly string[];

/** Makes values of every BinXML type. */
export const values = {
  nothing: (): TypedValue => typed(ValueType.Null, Buffer.alloc(0)),
  string: (text: string): TypedValue => typed(ValueType.String, Buffer.from(text, 'utf16le')),
  ansi: (text: string): TypedValue => typed(ValueType.AnsiString, Buffer.from(text, 'latin1')),
  int8: (value: number): TypedValue => numeric(ValueType.Int8, 1, (bytes) => bytes.writeInt8(value)),
  uint8: (value: number): TypedValue => numeric(ValueType.UInt8, 1, (bytes) => bytes.writeUInt8(value)),
  int16: (value: number): TypedValue => numeric(ValueType.Int16, 2, (bytes) => bytes.writeInt16LE(value)),
  uint16: (value: number): TypedValue => numeric(ValueType.UInt16, 2, (bytes) => bytes.writeUInt16LE(value)),
  int32: (value: number): TypedValue => numeric(ValueType.Int32, 4, (bytes) => bytes.writeInt32LE(value)),
  uint32: (value: number): TypedValue => numeric(ValueType.UInt32, 4, (bytes) => bytes.writeUInt32LE(value)),
  int64: (value: bigint | number): TypedValue =>
    numeric(ValueType.Int64, 8, (bytes) => bytes.writeBigInt64LE(BigInt(value))),
  uint64: (value: bigint | number): TypedValue =>
    numeric(ValueType.UInt64, 8, (bytes) => bytes.writeBigUInt64LE(BigInt(value))),
  real32: (value: number): TypedValue => numeric(ValueType.Real32, 4, (bytes) => bytes.writeFloatLE(value)),
  real64: (value: number): TypedValue => numeric(ValueType.Real64, 8, (bytes) => bytes.writeDoubleLE(value)),
  bool: (value: boolean | number): TypedValue =>
    numeric(ValueType.Bool, 4, (bytes) => bytes.writeInt32LE(Number(value))),
  binary: (bytes: Uint8Array): TypedValue => typed(ValueType.Binary, bytes),
  guid: (text: string): TypedValue => typed(ValueType.Guid, guidBytes(text)),
  sizeT: (value: bigint | number, width: 4 | 8 = 8): TypedValue =>
    numeric(ValueType.SizeT, width, (bytes) =>
      width === 8 ? bytes.writeBigUInt64LE(BigInt(value)) : bytes.writeUInt32LE(Number(value)),
    ),
  /** from microseconds since 1970, or a date */
  fileTime: (time: number | Date): TypedValue =>
    numeric(ValueType.FileTime, 8, (bytes) => bytes.writeBigUInt64LE(toFileTime(time))),
  /** from 100 ns units since 1601 */
  fileTimeTicks: (ticks: bigint): TypedValue =>
    numeric(ValueType.FileTime, 8, (bytes) => bytes.writeBigUInt64LE(ticks)),
  sysTime: (date: Date): TypedValue => numeric(ValueType.SysTime, 16, (bytes) => writeSystemTime(bytes, date)),
  sid: (text: string): TypedValue => typed(ValueType.Sid, sidBytes(text)),
  hex32: (value: number): TypedValue => numeric(ValueType.HexInt32, 4, (bytes) => bytes.writeUInt32LE(value)),
  hex64: (value: bigint | number): TypedValue =>
    numeric(ValueType.HexInt64, 8, (bytes) => bytes.writeBigUInt64LE(BigInt(value))),
  /** An array of values of one type; strings end in NUL there. */
  array: (items: readonly TypedValue[]): TypedValue => {
    const type = items[0]?.type ?? ValueType.String;
    const parts = items.flatMap((item) => {
      if (type === ValueType.String) return [item.bytes, Buffer.alloc(2)];
      return type === ValueType.AnsiString ? [item.bytes, Buffer.alloc(1)] : [item.bytes];
    });
    return typed(type | ARRAY, Buffer.concat(parts));
  },
} as const;

/** The typed value that a plain one stands for. */
export function toTyped(value: FieldValue): TypedValue {
  if (value === null || value === undefined) return values.nothing();
  if (typeof value === 'string') return values.string(value);
  if (typeof value === 'boolean') return values.bool(value);
  if (typeof value === 'bigint') return value < 0n ? values.int64(value) : values.uint64(value);
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return values.real64(value);
    if (value < 0) return value < -0x8000_0000 ? values.int64(value) : values.int32(value);
    return value > 0xffff_ffff ? values.uint64(value) : values.uint32(value);
  }
  if (value instanceof Date) return values.fileTime(value);
  if (value instanceof Uint8Array) return values.binary(value);
  if (Array.isArray(value)) return values.array(value.map((item: string) => values.string(item)));
  return value as TypedValue;
}

/** 100 ns units since 1601 of a date or of microseconds since 1970. */
export function toFileTime(time: number | Date): bigint {
  const micros = time instanceof Date ? BigInt(time.getTime()) * 1000n : BigInt(Math.round(time));
  return micros * 10n + 116_444_736_000_000_000n;
}

function typed(type: number, bytes: Uint8Array): TypedValue {
  return { type, bytes };
}

function numeric(type: number, size: number, write: (bytes: Buffer) => void): TypedValue {
  const bytes = Buffer.alloc(size);
  write(bytes);
  return { type, bytes };
}

/** The 16 bytes of a GUID, with or without braces. */
export function guidBytes(text: string): Buffer {
  const hex = text.replace(/[{}-]/g, '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw new TypeError(`Not a GUID: ${text}`);
  const bytes = Buffer.from(hex, 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes;
}

function sidBytes(text: string): Buffer {
  const match = /^S-(\d+)-(\d+)((?:-\d+)*)$/.exec(text);
  if (match === null) throw new TypeError(`Not a SID: ${text}`);
  const parts = match[3].split('-').slice(1).map(Number);
  const bytes = Buffer.alloc(8 + parts.length * 4);
  bytes[0] = Number(match[1]);
  bytes[1] = parts.length;
  bytes.writeUIntBE(Number(match[2]), 2, 6);
  for (const [index, part] of parts.entries()) bytes.writeUInt32LE(part, 8 + index * 4);
  return bytes;
}

function writeSystemTime(bytes: Buffer, date: Date): void {
  const parts = [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDay(),
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
    date.getUTCSeconds(),
    date.getUTCMilliseconds(),
  ];
  for (const [index, part] of parts.entries()) bytes.writeUInt16LE(part, index * 2);
}
