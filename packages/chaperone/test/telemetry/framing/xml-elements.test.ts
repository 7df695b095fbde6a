import { describe, expect, it } from 'vitest';
import { FRAMING_LIMITS, XmlElementFramer } from '../../../src/telemetry/framing/index.ts';

function cut(text: string, pieces = text.length, limits = FRAMING_LIMITS) {
  const records: string[] = [];
  const problems: string[] = [];
  const handlers = {
    onRecord: (record: string) => records.push(record),
    onProblem: (code: string) => problems.push(code),
  };
  const framer = new XmlElementFramer(handlers, limits, 'Event');
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieces) framer.feed(bytes.subarray(at, at + pieces));
  framer.end();
  return { records, problems };
}

const one = '<Event xmlns="x"><System a=\'>\'/><EventData><Data Name="a">&lt;/Event&gt;</Data></EventData></Event>';
const two = '<Event><!-- </Event> --><D><![CDATA[</Event>]]></D><Event>inner</Event></Event>';

describe('XmlElementFramer', () => {
  it.each([
    ['without a root', `${one}${two}`],
    ['with a root and a declaration', `<?xml version="1.0"?>\n<Events>\n${one}\n<!-- x -->${two}</Events>`],
  ])('cuts elements %s', (_name, text) => {
    for (const pieces of [1, 2, 5, 1000]) expect(cut(text, pieces)).toEqual({ records: [one, two], problems: [] });
  });

  it('refuses a document type', () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>${one}`;
    expect(cut(bomb)).toEqual({ records: [], problems: ['xml_dtd'] });
    expect(cut(bomb, 3)).toEqual({ records: [], problems: ['xml_dtd'] });
  });

  it('tells truncation, depth and length', () => {
    expect(cut(`${one}<Event><a>`)).toEqual({ records: [one], problems: ['xml_truncated'] });
    const deep = `<Event>${'<a>'.repeat(1000)}${'</a>'.repeat(1000)}</Event>`;
    expect(cut(`${deep}${one}`)).toEqual({ records: [one], problems: ['xml_invalid'] });
    const limits = { ...FRAMING_LIMITS, maxRecord: 200 };
    const long = `<Event><a>${'x'.repeat(10_000)}</a></Event>`;
    for (const pieces of [50, 20_000]) {
      expect(cut(`${long}${one}`, pieces, limits)).toEqual({ records: [one], problems: ['record_too_long'] });
    }
  });

  it('holds no more than a record of what never ends', () => {
    expect(cut(`<Event a="${'x'.repeat(100_000)}`, 1000, { ...FRAMING_LIMITS, maxRecord: 5000 }).records).toEqual([]);
  });
});
