import { describe, expect, it } from 'vitest';
import { fileOf, readContent, readPaths } from './read.ts';

const event = (id: number) =>
  JSON.stringify({
    EventID: id,
    SourceName: 'Microsoft-Windows-Security-Auditing',
    Channel: 'Security',
    Hostname: 'dc01',
    '@timestamp': '2026-07-28T11:28:00.5Z',
  });

describe('bad text', () => {
  it('skips a line of tens of megabytes in bounded memory and reads what is around it', async () => {
    const line = `{"EventID":1,"x":"${'a'.repeat(40 * 1024 * 1024)}"}`;
    const path = fileOf(`${event(4624)}\n${line}\n${event(4625)}\n`);
    const before = process.memoryUsage().rss;
    const { events, unread } = await readPaths(path);
    expect(events.map((one) => one.get('EventID'))).toEqual([4624, 4625]);
    expect(unread).toMatchObject([{ code: 'record_too_long', record: 2, offset: event(4624).length + 1 }]);
    expect(process.memoryUsage().rss - before).toBeLessThan(250 * 1024 * 1024);
  });

  it('refuses JSON that nests without end, and goes on', async () => {
    const deep = `{"EventID":4624,"Channel":"Security","x":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
    const { events, unread } = await readContent(`${event(4624)}\n${deep}\n${event(4625)}\n`);
    expect(events).toHaveLength(2);
    expect(unread).toMatchObject([{ code: 'json_too_deep', record: 2 }]);
    const document = await readContent(`[${event(4624)},\n${deep},\n${event(4625)}]`);
    expect(document.events).toHaveLength(2);
    expect(document.unread).toMatchObject([{ code: 'json_too_deep', record: 2 }]);
  });

  it('tells lines that are no JSON with their number and offset, inert', async () => {
    const { events, unread } = await readContent(`${event(4624)}\n{"EventID":\u001b[31m\n${event(4625)}\n{"cut":`);
    expect(events).toHaveLength(2);
    expect(unread.map(({ code, record }) => [code, record])).toEqual([
      ['json_invalid', 2],
      ['json_invalid', 4],
    ]);
    expect(unread[0].message).toContain('\\x1b[31m');
    expect(unread[0].message).not.toContain('\u001b');
  });

  it('reads UTF-16 of both orders, with and without a mark, and CR line ends', async () => {
    const text = `${event(4624)}\r\n${event(4625)}\r\n`;
    const wide = Buffer.from(text, 'utf16le');
    for (const content of [
      wide,
      Buffer.concat([Buffer.from([0xff, 0xfe]), wide]),
      Buffer.from(wide).swap16(),
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(wide).swap16()]),
      Buffer.from(`\ufeff${text}`),
      Buffer.from(text.replaceAll('\r\n', '\r')),
    ]) {
      const { events, unread } = await readContent(content);
      expect(unread).toEqual([]);
      expect(events.map((one) => one.get('EventID'))).toEqual([4624, 4625]);
    }
  });

  it('replaces invalid UTF-8 and says so once', async () => {
    const bad = Buffer.concat([
      Buffer.from(`${event(4624)}\n${event(4625).slice(0, -1)},"User":"`),
      Buffer.from([0xff, 0xfe, 0x80]),
      Buffer.from(`"}\n`),
    ]);
    const { events, unread } = await readContent(Buffer.concat([bad, bad]));
    expect(events).toHaveLength(4);
    expect(events[1].get('User')).toBe('\ufffd\ufffd\ufffd');
    expect(unread).toMatchObject([{ code: 'text_invalid', records: 0 }]);
  });

  it('takes NUL bytes of pre-allocated and torn files', async () => {
    const { events, unread } = await readContent(`${event(4624)}\n\0\0\0\0${event(4625)}\n${'\0'.repeat(4096)}`);
    expect(events).toHaveLength(2);
    expect(unread).toEqual([]);
  });

  it('says what a file is that it cannot read', async () => {
    const cases: [content: Buffer | string, code: string, part: string][] = [
      ['some prose that is no log\nmore of it', 'format_unknown', 'some prose'],
      ['{"neither":"fish","nor":"fowl"}\n', 'format_unknown', 'neither'],
      [Buffer.from('SQLite format 3\0aaaaaaaaaaaaaa'), 'format_binary', 'SQLite'],
      [Buffer.from('MZ\u0090\0\u0003\0\0\0'), 'format_binary', 'program'],
      [Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 251)), 'format_binary', 'no text'],
      [Buffer.from('300000004c664c65', 'hex'), 'format_binary', 'Windows XP'],
      [Buffer.alloc(4096), 'format_binary', 'no text'],
    ];
    for (const [content, code, part] of cases) {
      const { unread, events } = await readContent(content);
      expect(events).toEqual([]);
      expect(unread).toMatchObject([{ code, stop: true }]);
      expect(unread[0].message).toContain(part);
      expect(unread[0].mend).not.toBe('');
    }
  });

  it('refuses XML with a document type', async () => {
    const xml = `<!DOCTYPE x [<!ENTITY a "b">]><Events><Event><System><EventID>1</EventID></System></Event></Events>`;
    const { events, unread } = await readContent(xml);
    expect(events).toEqual([]);
    expect(unread).toMatchObject([{ code: 'xml_dtd', stop: true }]);
    const later = `<Events><Event><System><EventID>1</EventID></System></Event><!DOCTYPE x [<!ENTITY a "b">]><Event><System><EventID>&a;</EventID></System></Event></Events>`;
    const second = await readContent(later);
    expect(second.events).toHaveLength(1);
    expect(second.unread).toMatchObject([{ code: 'xml_dtd' }]);
  });

  it('does not expand entities', async () => {
    const xml = `<Event><System><EventID>1</EventID></System><EventData><Data Name="a">&b;</Data></EventData></Event>`;
    const { events, unread } = await readContent(xml);
    expect(events).toEqual([]);
    expect(unread).toMatchObject([{ code: 'xml_invalid', record: 1 }]);
  });

  it('does not take inherited names for fields', async () => {
    const { events } = await readContent(`${event(4624).slice(0, -1)},"__proto__":{"polluted":1}}\n`);
    expect(events[0].get('constructor')).toBeUndefined();
    expect(events[0].get('toString')).toBeUndefined();
    expect(events[0].get('hasOwnProperty')).toBeUndefined();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
