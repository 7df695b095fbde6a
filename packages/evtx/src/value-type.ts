/** BinXML value types (MS-EVEN6 2.2.12). An array type is the element type with `ARRAY` set. */
export const ValueType = {
  Null: 0x00,
  String: 0x01,
  AnsiString: 0x02,
  Int8: 0x03,
  UInt8: 0x04,
  Int16: 0x05,
  UInt16: 0x06,
  Int32: 0x07,
  UInt32: 0x08,
  Int64: 0x09,
  UInt64: 0x0a,
  Real32: 0x0b,
  Real64: 0x0c,
  Bool: 0x0d,
  Binary: 0x0e,
  Guid: 0x0f,
  SizeT: 0x10,
  FileTime: 0x11,
  SysTime: 0x12,
  Sid: 0x13,
  HexInt32: 0x14,
  HexInt64: 0x15,
  EvtHandle: 0x20,
  BinXml: 0x21,
  EvtXml: 0x23,
} as const;

/** The bit that makes a value type an array of it. */
export const ARRAY = 0x80;

const SIZES = new Uint8Array(256);
SIZES[ValueType.Int8] = 1;
SIZES[ValueType.UInt8] = 1;
SIZES[ValueType.Int16] = 2;
SIZES[ValueType.UInt16] = 2;
SIZES[ValueType.Int32] = 4;
SIZES[ValueType.UInt32] = 4;
SIZES[ValueType.Int64] = 8;
SIZES[ValueType.UInt64] = 8;
SIZES[ValueType.Real32] = 4;
SIZES[ValueType.Real64] = 8;
SIZES[ValueType.Bool] = 4;
SIZES[ValueType.Guid] = 16;
SIZES[ValueType.FileTime] = 8;
SIZES[ValueType.SysTime] = 16;
SIZES[ValueType.HexInt32] = 4;
SIZES[ValueType.HexInt64] = 8;

/** Bytes of one value of a type of fixed size; 0 for the others. */
export function fixedSize(type: number): number {
  return SIZES[type & 0x7f];
}

/** By value type: 1 where values are written with digits, hexadecimal letters and punctuation alone. */
export const NUMERIC = new Uint8Array(256);
NUMERIC.fill(1, ValueType.Int8, ValueType.UInt64 + 1);
NUMERIC.fill(1, ValueType.Guid, ValueType.HexInt64 + 1);
