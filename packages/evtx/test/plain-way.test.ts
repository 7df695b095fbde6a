import { expect, it } from 'vitest';
import { type Instance, values, writeEvtx, type XmlElement } from '../testkit/index.ts';
import { logon, readAll } from './samples.ts';

const time = new Date('2026-11-02T08:00:00Z');
const payload = { slot: 0, type: 0x21 };
const event: XmlElement = {
  name: 'Event',
  children: [{ name: 'System', children: [{ name: 'EventID', children: ['5'] }] }, payload],
};
const data = (text: string): Instance => ({
  template: {
    name: 'EventData',
    children: [{ name: 'Data', attributes: [['Name', 'A']], children: [{ slot: 0, type: 1 }] }],
  },
  values: [values.string(text)],
});

it('reads a value that holds several elements, with or without template', () => {
  const info: XmlElement = { name: 'RenderingInfo', children: [{ name: 'Message', children: ['Hello'] }] };
  const bytes = writeEvtx([{ body: { template: event, values: [{ elements: [data('x'), info] }] }, time }]);
  const { records, issues } = readAll(bytes, (cursor) => ({
    compiled: cursor.layout !== undefined,
    event: cursor.event(),
    fields: ['EventID', 'A', 'Message', 'Event.EventData.A'].map((name) => cursor.get(name)),
    xml: cursor.xml(),
    values: (() => {
      const all: unknown[] = [];
      cursor.values((value) => all.push(value));
      return all;
    })(),
    created: cursor.timeCreated() === cursor.written,
  }));
  expect(issues).toEqual([]);
  expect(records).toEqual([
    {
      compiled: false,
      event: { Event: { System: { EventID: '5' }, EventData: { A: 'x' }, RenderingInfo: { Message: 'Hello' } } },
      fields: ['5', 'x', 'Hello', 'x'],
      xml: "<Event><System><EventID>5</EventID></System><EventData><Data Name='A'>x</Data></EventData><RenderingInfo><Message>Hello</Message></RenderingInfo></Event>",
      values: ['5', 'x', 'Hello'],
      created: true,
    },
  ]);
});

it('reads embedded elements without template, and instances nested in instances', () => {
  const plain: XmlElement = {
    name: 'EventData',
    children: [{ name: 'Data', attributes: [['Name', 'A']], children: ['y'] }],
  };
  const outer: Instance = { template: { name: 'UserData', children: [payload] }, values: [data('z')] };
  const bytes = writeEvtx([
    { body: { template: event, values: [{ elements: [plain] }] }, time },
    { body: { template: event, values: [outer] }, time },
    { body: { template: event, values: [values.nothing()] }, time },
  ]);
  const { records } = readAll(bytes, (cursor) => [cursor.layout !== undefined, cursor.get('A'), cursor.event()]);
  const system = { EventID: '5' };
  expect(records).toEqual([
    [false, 'y', { Event: { System: system, EventData: { A: 'y' } } }],
    [true, 'z', { Event: { System: system, UserData: { EventData: { A: 'z' } } } }],
    [true, undefined, { Event: { System: system } }],
  ]);
});

it('gives records without template a layout that they share', () => {
  const many = Array.from({ length: 300 }, (_, index) =>
    logon({
      template: false,
      computer: `host${index}`,
      data: { A: `a${index}`, B: index % 2 === 0 ? '' : 'b', C: 'x\0y' },
    }),
  );
  const { records, issues, summary } = readAll(writeEvtx(many), (cursor) => ({
    layout: cursor.layout,
    values: ['Computer', 'A', 'B', 'C', 'Provider_Name', 'EventRecordID'].map((name) => cursor.get(name)),
    shown: (cursor.event() as { Event: { EventData: unknown } }).Event.EventData,
    created: cursor.timeCreated(),
  }));
  expect(issues).toEqual([]);
  expect(summary.chunks).toBeGreaterThan(1);
  // two shapes: an element without text holds no value
  expect(new Set(records.map(({ layout }) => layout)).size).toBe(2);
  for (const [index, record] of records.entries()) {
    const b = index % 2 === 0 ? '' : 'b';
    expect(record.values).toEqual([
      `host${index}`,
      `a${index}`,
      b,
      'x',
      'Microsoft-Windows-Security-Auditing',
      `${index + 1}`,
    ]);
    expect(record.shown).toEqual({ A: `a${index}`, B: b, C: 'x' });
    expect(record.created).toBe(Date.parse('2026-11-02T07:30:15.250Z') * 1000);
  }
});

it('writes XML that is well-formed whatever the values hold', () => {
  const bytes = writeEvtx([logon({ data: { A: "<a href='x'>&amp;</a>", B: '\u0001\ud800\uffff\t', '"\'<': 'c' } })]);
  const [xml] = readAll(bytes, (cursor) => cursor.xml()).records;
  expect(xml).toContain("<Data Name='A'>&lt;a href='x'&gt;&amp;amp;&lt;/a&gt;</Data>");
  expect(xml).toContain("<Data Name='B'>___\t</Data>");
  expect(xml).toContain("<Data Name='\"&apos;&lt;'>c</Data>");
});
