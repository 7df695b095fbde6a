import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectEncoding, FRAMING_LIMITS, LineFramer, ToUtf8 } from '../../../src/telemetry/framing/index.ts';

function cut(bytes: Buffer, pieces = bytes.length, limits = FRAMING_LIMITS, carriageReturns = false) {
  const lines: [text: string, line: number, offset: number][] = [];
  const problems: [code: string, line: number, offset: number][] = [];
  const framer = new LineFramer(
    {
      onRecord: (text, line, offset) => lines.push([text, line, offset]),
      onProblem: (code, _message, line, offset) => problems.push([code, line, offset]),
    },
    limits,
    carriageReturns,
  );
  for (let at = 0; at < bytes.length; at += pieces) framer.feed(bytes.subarray(at, at + pieces));
  framer.end();
  return { lines, problems };
}

describe('LineFramer', () => {
  it('takes LF, CRLF and a last line without an end, and counts empty lines', () => {
    const { lines } = cut(Buffer.from('a\r\n\nbc\nd'));
    expect(lines).toEqual([
      ['a', 1, 0],
      ['bc', 3, 4],
      ['d', 4, 7],
    ]);
  });
  it('takes CR alone when told', () => {
    expect(cut(Buffer.from('a\rb\r'), 1, FRAMING_LIMITS, true).lines.map(([text]) => text)).toEqual(['a', 'b']);
  });
  it('drops NUL bytes around lines', () => {
    const { lines } = cut(Buffer.from('a\n\0\0\0\0\n\0b\0\n\0\0'));
    expect(lines.map(([text]) => text)).toEqual(['a', 'b']);
  });
  it('skips a line beyond the limit, whichever way it comes', () => {
    const limits = { ...FRAMING_LIMITS, maxRecord: 10 };
    const text = Buffer.from(`ok\n${'x'.repeat(50)}\nok2\n`);
    for (const pieces of [1, 7, 100]) {
      const { lines, problems } = cut(text, pieces, limits);
      expect(lines.map(([line]) => line)).toEqual(['ok', 'ok2']);
      expect(lines[1][2]).toBe(54);
      expect(problems).toEqual([['record_too_long', 2, 3]]);
    }
  });
  it('cuts the same however it is fed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 40 }).map((line) => line.replace(/[\r\n\0]/g, ''))),
        fc.nat(20),
        (all, size) => {
          const text = Buffer.from(all.join('\n'));
          const expected = all.filter((line) => line !== '').map((line) => Buffer.from(line).toString());
          expect(cut(text, size + 1).lines.map(([line]) => line)).toEqual(expected);
        },
      ),
    );
  });
});

describe('encodings', () => {
  it('tells them with and without a mark', () => {
    const text = '{"EventID":4624}\n';
    expect(detectEncoding(Buffer.from(text))).toEqual({ encoding: 'utf-8', mark: 0 });
    expect(detectEncoding(Buffer.from(`\ufeff${text}`))).toEqual({ encoding: 'utf-8', mark: 3 });
    expect(detectEncoding(Buffer.from(text, 'utf16le'))).toEqual({ encoding: 'utf-16le', mark: 0 });
    expect(detectEncoding(Buffer.from(`\ufeff${text}`, 'utf16le'))).toEqual({ encoding: 'utf-16le', mark: 2 });
    expect(detectEncoding(Buffer.from(text, 'utf16le').swap16())).toEqual({ encoding: 'utf-16be', mark: 0 });
    expect(detectEncoding(Buffer.from(`\ufeff${text}`, 'utf16le').swap16())).toEqual({ encoding: 'utf-16be', mark: 2 });
  });

  const convert = (bytes: Buffer, encoding: 'utf-8' | 'utf-16le' | 'utf-16be', mark: number, size: number) => {
    let invalid = 0;
    const to = new ToUtf8(encoding, mark, () => {
      invalid += 1;
    });
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) parts.push(Buffer.from(to.convert(bytes.subarray(at, at + size))));
    parts.push(to.end());
    return { text: Buffer.concat(parts).toString(), invalid };
  };

  it('converts in any pieces, and says once what was no text', () => {
    const text = 'Zürich 東京 𝄞\nnext';
    for (let size = 1; size < 9; size += 1) {
      expect(convert(Buffer.from(text), 'utf-8', 0, size)).toEqual({ text, invalid: 0 });
      expect(convert(Buffer.from(`\ufeff${text}`), 'utf-8', 3, size)).toEqual({ text, invalid: 0 });
      expect(convert(Buffer.from(text, 'utf16le'), 'utf-16le', 0, size)).toEqual({ text, invalid: 0 });
      expect(convert(Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), 'utf-16be', 2, size)).toEqual({
        text,
        invalid: 0,
      });
      expect(convert(Buffer.from([97, 0xff, 98, 0xc3]), 'utf-8', 0, size).invalid).toBe(1);
      expect(convert(Buffer.from([97, 0xc3]), 'utf-8', 0, size).invalid).toBe(1);
      expect(convert(Buffer.from([0x00, 0xd8, 0x61, 0x00]), 'utf-16le', 0, size).invalid).toBe(1);
    }
  });
});
