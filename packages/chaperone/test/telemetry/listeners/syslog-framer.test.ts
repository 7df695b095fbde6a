import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FramingTrouble, SyslogFramer } from '../../../src/telemetry/listeners/syslog-framer.ts';

function frame(stream: Buffer, cuts: readonly number[], longest = 64 * 1024) {
  const records: string[] = [];
  const troubles: FramingTrouble[] = [];
  const framer = new SyslogFramer(
    {
      onRecord: (record) => void records.push(Buffer.from(record).toString('latin1')),
      onTrouble: (trouble) => void troubles.push(trouble),
    },
    longest,
  );
  let from = 0;
  for (const to of [...cuts.filter((cut) => cut < stream.length).sort((a, b) => a - b), stream.length]) {
    framer.feed(stream.subarray(from, to));
    from = to;
  }
  framer.end();
  return { records, troubles };
}

const text = fc.stringMatching(/^<[0-9]{1,3}>[a-zA-Z0-9 :[\]=-]{0,60}$/);
const framed = fc.record({ text, how: fc.constantFrom('counted', 'newline', 'crlf', 'nul') });

function onWire({ text, how }: { text: string; how: string }): string {
  if (how === 'counted') return `${text.length} ${text}`;
  return `${text}${how === 'newline' ? '\n' : how === 'nul' ? '\0' : '\r\n'}`;
}

describe('syslog framing', () => {
  test('counted, newline and NUL framing mixed in one stream give each record, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(framed, { maxLength: 12 }), fc.array(fc.nat(700), { maxLength: 30 }), (records, cuts) => {
        const stream = Buffer.from(records.map(onWire).join(''));
        expect(frame(stream, cuts)).toEqual({ records: records.map(({ text }) => text), troubles: [] });
      }),
      { numRuns: 2_000 },
    );
  });

  test('any bytes give the same records and troubles, however they are cut', () => {
    const byte = fc.constantFrom(...'0123456789 <>a\n\r\0'.split('').map((char) => char.charCodeAt(0)));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 200 }), fc.array(fc.nat(200), { maxLength: 40 }), (bytes, cuts) => {
        const stream = Buffer.from(bytes);
        expect(frame(stream, cuts, 16)).toEqual(frame(stream, [], 16));
      }),
      { numRuns: 5_000 },
    );
  });

  test('a record of the longest length is whole, one byte more is cut and said, and the next is whole', () => {
    const longest = `<1>${'x'.repeat(61)}`;
    for (const end of ['\n', '\0']) {
      expect(frame(Buffer.from(`${longest}${end}<2>b${end}`), [], 64)).toEqual({
        records: [longest, '<2>b'],
        troubles: [],
      });
      expect(frame(Buffer.from(`${longest}y${end}<2>b${end}`), [], 64)).toEqual({
        records: [longest, '<2>b'],
        troubles: ['too_long'],
      });
    }
    expect(frame(Buffer.from(`65 ${longest}y<2>b\n`), [], 64)).toEqual({
      records: [longest, '<2>b'],
      troubles: ['too_long'],
    });
  });

  test('a length that lies does not take more memory than a record may, and half a record at the end is kept and said', () => {
    const framer = new SyslogFramer({ onRecord: () => {}, onTrouble: () => {} });
    framer.feed(Buffer.from('9999999 <1>'));
    for (let i = 0; i < 4_000; i += 1) {
      framer.feed(Buffer.alloc(1_000, 0x61));
      expect(framer.pending).toBeLessThanOrEqual(64 * 1024 + 8);
    }
    expect(frame(Buffer.from('50 <1>half'), [])).toEqual({ records: ['<1>half'], troubles: ['bad_framing'] });
  });

  test('a long record that comes byte by byte is not looked at from its start each time', () => {
    const stream = Buffer.from(`<1>${'x'.repeat(60_000)}\n`);
    const begun = performance.now();
    const cuts = Array.from({ length: stream.length }, (_, i) => i + 1);
    expect(frame(stream, cuts).records).toHaveLength(1);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
