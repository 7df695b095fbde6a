import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RecordCursor, readBuffer, readStream } from '../src/index.ts';
import { type Instance, sealChunk, type TypedValue, values, writeEvtx, type XmlElement } from '../testkit/index.ts';
import { exercise, logon, readAll } from './samples.ts';

const HEAD = 4096;
const CHUNK = 65_536;
const RECORD = 24;

/** A log of `count` records and where each of them starts. */
function log(count: number): { bytes: Buffer; starts: number[] } {
  const bytes = Buffer.from(
    writeEvtx(Array.from({ length: count }, (_, index) => logon({ computer: `host${index}` }))),
  );
  return { bytes, starts: readAll(bytes, (cursor) => cursor.offset).records };
}

const ids = (bytes: Uint8Array) => readAll(bytes, (cursor) => cursor.recordId);

describe('files that are none', () => {
  it('says so for an empty file, another file, and one too short', async () => {
    const codes = (bytes: Uint8Array) => ids(bytes).issues.map(({ code, stop }) => [code, stop]);
    expect(codes(new Uint8Array())).toEqual([['empty-file', true]]);
    expect(codes(Buffer.from('PK\x03\x04 something else'))).toEqual([['not-evtx', true]]);
    expect(codes(new Uint8Array(200_000))).toEqual([['not-evtx', true]]);
    expect(codes(log(1).bytes.subarray(0, 1000))).toEqual([['chunk-truncated', undefined]]);
    const issues: string[] = [];
    await readStream((async function* () {})(), { onRecord: () => {}, onIssue: ({ code }) => issues.push(code) });
    expect(issues).toEqual(['empty-file']);
  });

  it('reads chunks whose file header is damaged', () => {
    const { bytes } = log(300);
    bytes.fill(0xff, 0, 128);
    const { records, issues } = ids(bytes);
    expect(records.length).toBe(300);
    expect(issues.map(({ code }) => code)).toEqual(['file-header']);
  });

  it('tells of a stream that breaks off, after reading what came', async () => {
    const { bytes } = log(400);
    const source = async function* () {
      yield bytes.subarray(0, HEAD + CHUNK);
      throw new Error('connection reset');
    };
    const issues: unknown[] = [];
    const summary = await readStream(source(), { onRecord: () => {}, onIssue: (issue) => issues.push(issue) });
    expect(summary.records).toBe(readAll(bytes.subarray(0, HEAD + CHUNK), () => 0).summary.records);
    expect(issues).toMatchObject([{ code: 'unreadable-file', message: expect.stringContaining('connection reset') }]);
  });
});

describe('a truncated file', () => {
  it('gives all whole records before any cut, and counts the rest', () => {
    const { bytes, starts } = log(12);
    const last = starts[11] + bytes.readUInt32LE(starts[11] + 4);
    for (let cut = HEAD + 512; cut < last + 64; cut += 7) {
      const { records, summary, issues } = ids(bytes.subarray(0, cut));
      const whole = starts.filter((start) => start + bytes.readUInt32LE(start + 4) <= cut).length;
      expect(records.length, `cut at ${cut}`).toBe(whole);
      expect(issues.some(({ code }) => code === 'chunk-truncated')).toBe(true);
      if (whole > 0) expect(summary.records + summary.unread, `cut at ${cut}`).toBe(12);
    }
  });
});

describe('a header that lies', () => {
  it('reads every record whatever the chunk count, the last id and the free space offset say', () => {
    for (const free of [0, 512, 600, 4000, CHUNK - 8, CHUNK, CHUNK + 1, 0xffff_ffff]) {
      for (const last of [0n, 1n, 0xffff_ffff_ffff_ffffn]) {
        // this is what an empty chunk says: see below
        if (free === 512 && last !== 1n) continue;
        const { bytes } = log(20);
        bytes.writeUInt16LE(0, 42);
        bytes.writeBigUInt64LE(last, HEAD + 32);
        bytes.writeUInt32LE(free, HEAD + 48);
        const { records, summary } = ids(bytes);
        expect(records.length, `free ${free}, last ${last}`).toBe(20);
        expect(summary.unread, `free ${free}, last ${last}`).toBe(0);
      }
    }
  });

  it('takes a chunk that says it is empty for cleared: its records are carved', () => {
    const { bytes } = log(20);
    bytes.writeBigUInt64LE(0xffff_ffff_ffff_ffffn, HEAD + 32);
    bytes.writeUInt32LE(512, HEAD + 48);
    expect(ids(bytes).summary).toMatchObject({ records: 0, unread: 0 });
    expect(readAll(bytes, exercise, { carve: true }).summary).toMatchObject({ records: 0, carved: 20 });
  });

  it('names each checksum that does not match and reads on', () => {
    const { bytes } = log(5);
    bytes[10] ^= 1;
    bytes[HEAD + 16] ^= 1;
    const { records, issues } = ids(bytes);
    expect(records.length).toBe(5);
    expect(issues.map(({ code, records: lost }) => [code, lost])).toEqual([
      ['file-checksum', 0],
      ['chunk-header-checksum', 0],
    ]);
    const body = log(5);
    const value = body.bytes.indexOf(Buffer.from('msp.anna', 'utf16le'));
    body.bytes[value] ^= 1;
    expect(ids(body.bytes).issues).toMatchObject([{ code: 'chunk-checksum', chunk: 0, offset: HEAD, records: 0 }]);
    expect(readAll(body.bytes, () => 0, { checksums: false }).issues).toEqual([]);
  });

  it('looks for records under a damaged chunk header', () => {
    const { bytes } = log(5);
    bytes.fill(0x55, HEAD, HEAD + 128);
    const { records, issues } = ids(bytes);
    expect(records).toEqual([1, 2, 3, 4, 5]);
    expect(issues.map(({ code }) => code)).toContain('chunk-header');
  });
});

describe('a damaged record', () => {
  it.each([
    ['size 0', (bytes: Buffer, at: number) => bytes.writeUInt32LE(0, at + 4)],
    ['size 27', (bytes: Buffer, at: number) => bytes.writeUInt32LE(27, at + 4)],
    ['a size beyond the chunk', (bytes: Buffer, at: number) => bytes.writeUInt32LE(0x7fff_ffff, at + 4)],
    ['no magic', (bytes: Buffer, at: number) => bytes.writeUInt32LE(0, at)],
    ['no header', (bytes: Buffer, at: number) => bytes.fill(0, at, at + RECORD)],
  ])('with %s is counted and passed over', (_, harm) => {
    const { bytes, starts } = log(10);
    harm(bytes, starts[4]);
    const { records, issues, summary } = ids(bytes);
    expect(records).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 10]);
    expect(summary.unread).toBe(1);
    expect(issues.find(({ code }) => code === 'record-header')).toMatchObject({
      chunk: 0,
      record: 5,
      offset: starts[4],
      records: 1,
    });
  });

  it('counts all of several in a row, and those at the end of a chunk', () => {
    const middle = log(10);
    middle.bytes.fill(0, middle.starts[3], middle.starts[7]);
    expect(ids(middle.bytes).summary).toMatchObject({ records: 6, unread: 4 });
    const end = log(10);
    end.bytes.fill(0, end.starts[7], HEAD + CHUNK);
    expect(ids(end.bytes).summary).toMatchObject({ records: 7, unread: 3 });
  });

  it('whose content is damaged says where, and the rest goes on', () => {
    const { bytes, starts } = log(10);
    // more values than the record has bytes
    bytes.writeUInt32LE(0x00ff_ffff, starts[6] + RECORD + 14);
    const { records, issues } = ids(bytes);
    expect(records).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10]);
    expect(issues.filter(({ code }) => code === 'record-damaged')).toMatchObject([
      { file: '(buffer)', chunk: 0, record: 7, offset: starts[6], records: 1 },
    ]);
    expect(issues[0].mend).not.toBe('');
  });
});

describe('hostile templates', () => {
  /** Rewrites bytes of the first chunk and makes its checksums right again. */
  function seal(bytes: Buffer): Buffer {
    const chunk = bytes.subarray(HEAD, HEAD + CHUNK);
    sealChunk(chunk, chunk.readUInt32LE(48));
    return bytes;
  }

  it('that point at themselves, out of the chunk, or into a record', () => {
    for (const offset of [0, 8, 511, 600, 65_535, 65_536, 0xffff_ffff]) {
      const { bytes, starts } = log(3);
      bytes.writeUInt32LE(offset, starts[1] + RECORD + 10);
      const { summary } = readAll(seal(bytes), exercise);
      expect(summary.records + summary.unread).toBe(3);
    }
  });

  it('whose name entries loop or lie', () => {
    const { bytes } = log(3);
    const name = bytes.indexOf(Buffer.from('Provider', 'utf16le')) - 8;
    bytes.writeUInt32LE(name - HEAD, name);
    expect(readAll(seal(bytes), exercise).summary.records).toBe(3);
    bytes.writeUInt16LE(0xffff, name + 6);
    const { summary, issues } = readAll(seal(bytes), exercise);
    expect(summary).toMatchObject({ records: 0, unread: 3 });
    expect(issues[0].code).toBe('record-damaged');
  });

  it('that nest elements too deep are refused, and ten thousand records of them quickly', () => {
    let element: XmlElement = { name: 'x' };
    for (let depth = 0; depth < 2000; depth++) element = { name: 'x', children: [element] };
    const time = new Date('2026-11-02T08:00:00Z');
    const { issues, summary } = readAll(writeEvtx([{ body: { template: element, values: [] }, time }]), exercise);
    expect(issues).toMatchObject([{ code: 'record-too-complex', records: 1 }]);
    expect(summary).toMatchObject({ records: 0, unread: 1 });
  });

  it('that nest instances too deep, or use one value over and over', () => {
    const time = new Date('2026-11-02T08:00:00Z');
    const slot = { slot: 0, type: 0x21 };
    const chain = (depth: number, width: number): Instance => {
      const template: XmlElement = { name: 'x', children: Array.from({ length: width }, () => slot) };
      let inner: Instance | TypedValue = values.string('end');
      for (let level = 0; level < depth; level++) inner = { template, values: [inner] };
      return inner as Instance;
    };
    const deep = readAll(writeEvtx([{ body: chain(100, 1), time }]), exercise);
    expect(deep.issues).toMatchObject([{ code: 'record-too-complex' }]);
    const start = performance.now();
    // 20^12 elements if it were written out
    const wide = readAll(writeEvtx([{ body: chain(12, 20), time }]), exercise);
    expect(wide.issues).toMatchObject([{ code: 'record-too-complex', records: 1 }]);
    const hollow = chain(12, 20);
    const empty = readAll(writeEvtx([{ body: { ...hollow, values: [chain(11, 20)] }, time }]), exercise);
    expect(empty.summary).toMatchObject({ records: 0, unread: 1 });
    expect(performance.now() - start).toBeLessThan(1000);
  });

  it('that repeat a large part for each item of an array are cut, and say so', () => {
    const time = new Date('2026-11-02T08:00:00Z');
    const item = { slot: 0, type: 0x88 };
    const inner: XmlElement = {
      name: 'y',
      children: Array.from({ length: 300 }, () => ({ name: 'z', children: ['text'] })),
    };
    const template: XmlElement = { name: 'x', attributes: [['n', item]], children: [inner] };
    const list = values.array(Array.from({ length: 4000 }, (_, index) => values.uint32(index)));
    const { records } = readAll(writeEvtx([{ body: { template, values: [list] }, time }]), (cursor) => [
      cursor.event()['#cut'],
      cursor.xml().endsWith('<!-- cut -->'),
    ]);
    expect(records).toEqual([[true, true]]);
  });
});

it('never throws, loops or miscounts whatever bytes are changed', () => {
  const { bytes } = log(40);
  const end = bytes.readUInt32LE(HEAD + 48) + HEAD;
  const place = fc.oneof(fc.integer({ min: 0, max: end - 1 }), fc.integer({ min: HEAD + 512, max: HEAD + 4000 }));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(place, fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 }),
      (changes) => {
        const changed = Buffer.from(bytes);
        for (const [at, value] of changes) changed[at] = value;
        let records = 0;
        const count = (cursor: RecordCursor) => {
          exercise(cursor);
          records++;
        };
        const summary = readBuffer(changed, { onRecord: count }, { carve: true });
        expect(summary.records + summary.carved).toBe(records);
        expect(summary.records).toBeLessThanOrEqual(41);
      },
    ),
    { numRuns: 400 },
  );
});
