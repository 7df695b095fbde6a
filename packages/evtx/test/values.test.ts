import { expect, it } from 'vitest';
import { type TypedValue, values, writeEvtx } from '../testkit/index.ts';
import { logon, readAll } from './samples.ts';

const zeroGuid = '{00000000-0000-0000-0000-000000000000}';

/** What each value is in an event. Arrays of one item are that item. */
const cases: Record<string, [TypedValue, unknown]> = {
  string: [values.string('täst 字 😀'), 'täst 字 😀'],
  'string up to NUL': [values.string('abc\0def'), 'abc'],
  'string with lone surrogate': [values.string('a\ud800b'), 'a\ud800b'],
  'empty string': [values.string(''), ''],
  null: [values.nothing(), ''],
  ansi: [values.ansi('caf\xe9 \x80'), 'café €'],
  int8: [values.int8(-5), -5],
  uint8: [values.uint8(250), 250],
  int16: [values.int16(-3000), -3000],
  uint16: [values.uint16(65_000), 65_000],
  int32: [values.int32(-2_000_000_000), -2_000_000_000],
  uint32: [values.uint32(4_000_000_000), 4_000_000_000],
  int64: [values.int64(-9_007_199_254_740_991), -9_007_199_254_740_991],
  'int64 beyond doubles': [values.int64(-9_223_372_036_854_775_808n), '-9223372036854775808'],
  uint64: [values.uint64(5_000_000_000n), 5_000_000_000],
  'uint64 beyond doubles': [values.uint64(0xffff_ffff_ffff_ffffn), '18446744073709551615'],
  real32: [values.real32(0.1), 0.1],
  real64: [values.real64(-1.5e300), -1.5e300],
  'no number': [values.real64(Number.NaN), 'NaN'],
  true: [values.bool(true), true],
  false: [values.bool(false), false],
  'bool of other bits': [values.bool(7), 7],
  binary: [values.binary(Uint8Array.of(0, 171, 255)), '00ABFF'],
  guid: [values.guid('{54849625-5478-4994-a5ba-3e3b0328c30d}'), '{54849625-5478-4994-a5ba-3e3b0328c30d}'],
  'size 4': [values.sizeT(0x1f4, 4), '0x1f4'],
  'size 8': [values.sizeT(0x1_0000_0000n, 8), '0x100000000'],
  fileTime: [values.fileTimeTicks(131_124_787_716_816_408n), '2016-07-08T19:12:51.6816408Z'],
  'fileTime 0': [values.fileTimeTicks(0n), '1601-01-01T00:00:00.0000000Z'],
  sysTime: [values.sysTime(new Date('2024-02-29T23:59:58.789Z')), '2024-02-29T23:59:58.7890000Z'],
  'sysTime unset': [{ type: 0x12, bytes: new Uint8Array(16) }, '1601-01-01T00:00:00.0000000Z'],
  sid: [values.sid('S-1-5-21-1004336348-1177238915-682003330-512'), 'S-1-5-21-1004336348-1177238915-682003330-512'],
  'sid cut off': [{ type: 0x13, bytes: Uint8Array.of(1, 5, 0) }, 'S-?'],
  hex32: [values.hex32(0xc000_006d), '0xc000006d'],
  hex64: [values.hex64(0x8020_0000_0000_0000n), '0x8020000000000000'],
  'hex64 small': [values.hex64(0x3e7), '0x3e7'],
  'strings, an empty one among them': [values.array(['a', '', 'c,d'].map(values.string)), ['a', '', 'c,d']],
  'strings without last NUL': [{ type: 0x81, bytes: Buffer.from('ab\0cd', 'utf16le') }, ['ab', 'cd']],
  'ansi strings': [values.array(['x', 'y\xe9'].map(values.ansi)), ['x', 'yé']],
  'array of one': [values.array([values.uint32(7)]), 7],
  int8s: [values.array([-1, 2].map(values.int8)), [-1, 2]],
  uint8s: [values.array([1, 2, 3].map(values.uint8)), [1, 2, 3]],
  int16s: [values.array([-1, 2].map(values.int16)), [-1, 2]],
  uint16s: [values.array([1, 65_535].map(values.uint16)), [1, 65_535]],
  int32s: [values.array([-1, 2].map(values.int32)), [-1, 2]],
  uint32s: [values.array([1, 4_294_967_295].map(values.uint32)), [1, 4_294_967_295]],
  int64s: [values.array([-1n, 2n].map(values.int64)), [-1, 2]],
  uint64s: [values.array([1n, 2n ** 63n].map(values.uint64)), [1, '9223372036854775808']],
  real32s: [values.array([0.5, 0.3].map(values.real32)), [0.5, 0.3]],
  real64s: [values.array([0.5, 0.3].map(values.real64)), [0.5, 0.3]],
  bools: [values.array([true, false].map(values.bool)), [true, false]],
  guids: [values.array([zeroGuid, zeroGuid].map(values.guid)), [zeroGuid, zeroGuid]],
  sizes: [values.array([1n, 2n].map((value) => values.sizeT(value))), ['0x1', '0x2']],
  fileTimes: [
    values.array([0n, 10_000_000n].map(values.fileTimeTicks)),
    ['1601-01-01T00:00:00.0000000Z', '1601-01-01T00:00:01.0000000Z'],
  ],
  sysTimes: [
    values.array(
      ['2020-01-02T03:04:05.006Z', '2021-01-02T03:04:05.006Z'].map((text) => values.sysTime(new Date(text))),
    ),
    ['2020-01-02T03:04:05.0060000Z', '2021-01-02T03:04:05.0060000Z'],
  ],
  sids: [values.array(['S-1-5-18', 'S-1-5-32-544'].map(values.sid)), ['S-1-5-18', 'S-1-5-32-544']],
  hex32s: [values.array([1, 255].map(values.hex32)), ['0x1', '0xff']],
  hex64s: [values.array([1n, 255n].map(values.hex64)), ['0x1', '0xff']],
  'a length that does not suit its type': [{ type: 0x08, bytes: Uint8Array.of(1, 2) }, '0102'],
  'an unknown type': [{ type: 0x5c, bytes: Uint8Array.of(1, 2) }, '0102'],
  'an array cut off': [{ type: 0x88, bytes: Uint8Array.of(1, 0, 0, 0, 2) }, '0100000002'],
};

it('every value type and its array', () => {
  const data = Object.fromEntries(Object.entries(cases).map(([name, [value]]) => [name, value]));
  const { records, issues } = readAll(writeEvtx([logon({ data })]), (cursor) => ({
    event: (cursor.event() as { Event: { EventData: unknown } }).Event.EventData,
    fields: Object.fromEntries(Object.keys(cases).map((name) => [name, cursor.get(name)])),
    located: Object.keys(cases).filter((name) => !cursor.locate((cursor.layout as never as Finder).find(name))),
  }));
  expect(issues).toEqual([]);
  const expected = Object.fromEntries(Object.entries(cases).map(([name, [, value]]) => [name, value]));
  expect(records[0].event).toEqual(expected);
  expect(records[0].fields).toEqual(expected);
  expect(records[0].located).toEqual([]);
});

interface Finder {
  find(name: string): number;
}
