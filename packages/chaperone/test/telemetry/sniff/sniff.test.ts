import { describe, expect, it } from 'vitest';
import { readContent } from '../read.ts';

const event = {
  EventID: 4624,
  SourceName: 'Microsoft-Windows-Security-Auditing',
  Channel: 'Security',
  data: [{ a: 1 }],
};

describe('records and wrappers', () => {
  it('takes an object for a record before it takes it for a wrapper', async () => {
    for (const content of [JSON.stringify(event), JSON.stringify(event, null, 2), JSON.stringify([event])]) {
      const { events, unread } = await readContent(content);
      expect(unread).toEqual([]);
      expect(events.map((one) => one.get('EventID'))).toEqual([4624]);
    }
  });

  it('opens wrappers, on one line or many, one or several', async () => {
    const wrapper = { '@odata.nextLink': 'x', value: [event, event] };
    for (const content of [
      JSON.stringify(wrapper),
      JSON.stringify(wrapper, null, 2),
      `${JSON.stringify(wrapper)}\n${JSON.stringify({ value: [] })}\n${JSON.stringify({ value: [event] })}`,
    ]) {
      const { events, layouts } = await readContent(content);
      expect(layouts).toEqual(['json-documents']);
      expect(events.length).toBe(content.includes('"value":[]') ? 3 : 2);
      expect(events.every((one) => one.get('EventID') === 4624)).toBe(true);
    }
  });

  it('reads a file whose first line is longer than what is looked at', async () => {
    const long = { value: Array.from({ length: 4000 }, () => event) };
    const { events, unread } = await readContent(JSON.stringify(long));
    expect(unread).toEqual([]);
    expect(events).toHaveLength(4000);
  });

  it('gives records of another format in the same file to that one, and tells what nobody knows', async () => {
    const trail = {
      eventVersion: '1.08',
      eventSource: 'iam.amazonaws.com',
      eventName: 'GetUser',
      eventTime: '2026-07-28T11:28:00Z',
      userIdentity: { type: 'IAMUser' },
      awsRegion: 'eu-central-1',
    };
    const { events, unread } = await readContent(
      [event, event, trail, { neither: 1 }, event].map((one) => JSON.stringify(one)).join('\n'),
    );
    expect(events.map((one) => one.class.format)).toEqual(['windows', 'windows', 'cloudtrail', 'windows']);
    expect(unread).toMatchObject([{ code: 'record_unrecognised', record: 4 }]);
  });

  it('tells EVTX by its chunks where the header is lost', async () => {
    const lost = Buffer.alloc(8192);
    lost.write('ElfChnk\0', 4096, 'latin1');
    expect((await readContent(lost)).kinds).toEqual(['evtx']);
    expect((await readContent(Buffer.from('ElfFile\0rest'))).kinds).toEqual(['evtx']);
  });

  it('lets the format that is surest on the whole read the file, not the one of the first line', async () => {
    const odd = { product: 'windows', category: 'process_creation', EventID: 1 };
    const { kinds } = await readContent([odd, event, event, event].map((one) => JSON.stringify(one)).join('\n'));
    expect(kinds).toEqual(['windows-flat']);
  });
});
