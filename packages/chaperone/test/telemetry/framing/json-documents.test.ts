import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAMING_LIMITS, JsonDocumentFramer, jsonTooDeep } from '../../../src/telemetry/framing/index.ts';

function cut(text: string, options: { pieces?: number; containers?: string[]; limits?: typeof FRAMING_LIMITS } = {}) {
  const records: string[] = [];
  const offsets: number[] = [];
  const problems: string[] = [];
  const framer = new JsonDocumentFramer(
    {
      onRecord: (record, _index, offset) => {
        records.push(record);
        offsets.push(offset);
      },
      onProblem: (code) => problems.push(code),
    },
    options.limits ?? FRAMING_LIMITS,
    options.containers ?? ['Records', 'value'],
  );
  const bytes = Buffer.from(text);
  const size = options.pieces ?? bytes.length;
  for (let at = 0; at < bytes.length; at += size) framer.feed(bytes.subarray(at, at + size));
  framer.end();
  return { records: records.map((record) => JSON.parse(record)), offsets, problems };
}

const three = [{ a: 1 }, { b: '}{"\\' }, { c: [{ d: '[' }] }];

describe('JsonDocumentFramer', () => {
  it.each([
    ['one after the other', three.map((record) => JSON.stringify(record)).join('')],
    ['pretty-printed', three.map((record) => JSON.stringify(record, null, 2)).join('\n')],
    ['an array', JSON.stringify(three, null, 1)],
    ['a wrapper', JSON.stringify({ next: 'x', Records: three, more: { Records: [1] } })],
    ['a wrapper on many lines', JSON.stringify({ value: three }, null, 4)],
    [
      'several wrappers',
      `${JSON.stringify({ Records: three.slice(0, 1) })}\n${JSON.stringify({ Records: three.slice(1) })}`,
    ],
    ['record separators', three.map((record) => `\u001e${JSON.stringify(record)}\n`).join('')],
  ])('cuts %s', (_name, text) => {
    for (const pieces of [undefined, 1, 2, 3, 7]) {
      expect(cut(text, { pieces })).toMatchObject({ records: three, problems: [] });
    }
  });

  it('says where each record lies', () => {
    const text = JSON.stringify({ Records: three });
    const { offsets } = cut(text, { pieces: 3 });
    expect(offsets).toEqual(three.map((record) => text.indexOf(JSON.stringify(record))));
  });

  it('keeps a record that has a list of plain values under a container key', () => {
    const record = { value: ['a', 'b'], other: 1 };
    expect(cut(JSON.stringify(record)).records).toEqual([record]);
  });

  it('unwraps only the outermost object', () => {
    const record = { Records: [{ Records: [{ x: 1 }] }] };
    expect(cut(JSON.stringify(record)).records).toEqual([{ Records: [{ x: 1 }] }]);
  });

  it('tells truncation, garbage, depth and length, and goes on', () => {
    expect(cut('[{"a":1},{"b":').problems).toEqual(['json_truncated']);
    expect(cut('[{"a":1}').problems).toEqual(['json_truncated']);
    expect(cut('{"a":1} garbage {"b":2}')).toMatchObject({ records: [{ a: 1 }, { b: 2 }], problems: ['json_invalid'] });
    const deep = `{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
    expect(cut(`${deep}{"b":2}`)).toMatchObject({ records: [{ b: 2 }], problems: ['json_too_deep'] });
    const limits = { maxRecord: 64, maxDepth: 8 };
    const long = JSON.stringify({ a: 'x'.repeat(1000) });
    for (const pieces of [undefined, 10]) {
      const result = cut(`${long}{"b":2}`, { limits, pieces });
      expect(result).toMatchObject({ records: [{ b: 2 }], problems: ['record_too_long'] });
      expect(result.offsets).toEqual([long.length]);
    }
  });

  it('cuts any list of objects, however it is written and fed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(undefined, 1, '\t'),
        (values, pieces, space) => {
          const text = JSON.stringify(values, null, space);
          const expected = JSON.parse(text) as unknown[];
          expect(cut(text, { pieces, containers: [] }).records).toEqual(expected);
          const loose = values.map((value) => JSON.stringify(value, null, space)).join('\n');
          expect(cut(loose, { pieces, containers: [] }).records).toEqual(expected);
        },
      ),
    );
  });
});

describe('jsonTooDeep', () => {
  it('counts nesting, not brackets', () => {
    expect(jsonTooDeep('['.repeat(10_000) + ']'.repeat(10_000), 256)).toBe(true);
    expect(jsonTooDeep(`{"a":"${'['.repeat(10_000)}"}`, 256)).toBe(false);
    expect(jsonTooDeep(JSON.stringify(Array.from({ length: 1000 }, () => ({}))), 256)).toBe(false);
    expect(jsonTooDeep(`${'{"a":['.repeat(129)}${']}'.repeat(129)}`, 256)).toBe(true);
  });
});
