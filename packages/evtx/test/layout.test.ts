import { expect, it } from 'vitest';
import type { Layout } from '../src/index.ts';
import { type Instance, values, writeEvtx, type XmlElement } from '../testkit/index.ts';
import { logon, readAll } from './samples.ts';

it('is one object for one shape, in any chunk and file, whatever the names lie', () => {
  const many = Array.from({ length: 400 }, (_, index) => logon({ computer: `host${index}` }));
  const other = logon({ eventId: 1, data: { Extra: 'moves the names' } });
  const first = readAll(writeEvtx(many), (cursor) => cursor.layout);
  const second = readAll(writeEvtx([other, ...many]), (cursor) => cursor.layout);
  expect(first.summary.chunks).toBeGreaterThan(2);
  const layouts = new Set([...first.records, ...second.records.slice(1)]);
  expect(layouts.size).toBe(1);
  expect(layouts.has(second.records[0])).toBe(false);
});

it('tells templates of one GUID apart by what they hold', () => {
  const bytes = Buffer.from(writeEvtx([logon({ data: { AAAA: 'x' } })]));
  const changed = Buffer.from(bytes);
  // the name stands in the template as a literal
  changed.set(Buffer.from('BBBB', 'utf16le'), changed.indexOf(Buffer.from('AAAA', 'utf16le')));
  const [one] = readAll(bytes, (cursor) => [cursor.layout, cursor.get('AAAA'), cursor.get('BBBB')]).records;
  const [two] = readAll(changed, (cursor) => [cursor.layout, cursor.get('AAAA'), cursor.get('BBBB')]).records;
  expect(one.slice(1)).toEqual(['x', undefined]);
  expect(two.slice(1)).toEqual([undefined, 'x']);
  expect(one[0]).not.toBe(two[0]);
});

it('keeps what a consumer attaches', () => {
  const bytes = writeEvtx([logon(), logon()]);
  readAll(bytes, (cursor) => {
    (cursor.layout as Layout).data = 'plan';
  });
  expect(readAll(bytes, (cursor) => cursor.layout?.data).records).toEqual(['plan', 'plan']);
});

it('finds System by element and attribute, payload by name, all by path', () => {
  const spec = logon({
    userSid: 'S-1-5-18',
    activityId: '{7f3b2d10-93e4-4c5a-9a10-2b8f6a1d0c55}',
    qualifiers: 16_384,
    eventSource: 'Service Control Manager',
    recordId: 77,
    level: 4,
    opcode: 2,
  });
  const fields: Record<string, unknown> = {
    EventID: 4624,
    EventID_Qualifiers: 16_384,
    Channel: 'Security',
    Computer: 'dc1.clinic.example',
    EventRecordID: 77,
    Level: 4,
    Task: 12_544,
    Opcode: 2,
    Version: 2,
    Keywords: '0x8020000000000000',
    Provider_Name: 'Microsoft-Windows-Security-Auditing',
    Provider_Guid: '{54849625-5478-4994-a5ba-3e3b0328c30d}',
    Provider_EventSourceName: 'Service Control Manager',
    Execution_ProcessID: 612,
    Execution_ThreadID: 4020,
    Security_UserID: 'S-1-5-18',
    TimeCreated_SystemTime: '2026-11-02T07:30:15.2500000Z',
    Correlation_ActivityID: '{7f3b2d10-93e4-4c5a-9a10-2b8f6a1d0c55}',
    Correlation_RelatedActivityID: undefined,
    'Event.System.EventID': 4624,
    'Event.System.Provider.#attributes.Name': 'Microsoft-Windows-Security-Auditing',
    'Event.EventData.TargetUserName': 'msp.anna',
    TargetUserName: 'msp.anna',
    ProcessId: '0x264',
    Nothing: undefined,
    constructor: undefined,
  };
  const [got] = readAll(writeEvtx([spec]), (cursor) =>
    Object.fromEntries(Object.keys(fields).map((name) => [name, cursor.get(name)])),
  ).records;
  expect(got).toEqual(fields);
});

it('lets EventData win over System, and reaches System by its path', () => {
  const [got] = readAll(writeEvtx([logon({ data: { Computer: 'other', Level: 'high' } })]), (cursor) => [
    cursor.get('Computer'),
    cursor.get('Level'),
    cursor.get('Event.System.Computer'),
  ]).records;
  expect(got).toEqual(['other', 'high', 'dc1.clinic.example']);
});

it('gives UserData by local name, and unnamed data as Data', () => {
  const user = logon({
    eventId: 1102,
    userData: { name: 'LogFileCleared', namespace: 'urn:x', fields: { Channel: 'System' } },
  });
  const classic = logon({ data: ['one', 'two'] });
  const list = logon({ data: [['a', 'b', 'c']] });
  const single = logon({ data: ['only'] });
  const { records } = readAll(writeEvtx([user, classic, list, single]), (cursor) => [
    cursor.get('Channel'),
    cursor.get('Data'),
    cursor.get('Event.EventData.Data'),
  ]);
  expect(records).toEqual([
    ['System', undefined, undefined],
    ['Security', ['one', 'two'], ['one', 'two']],
    ['Security', ['a', 'b', 'c'], ['a', 'b', 'c']],
    ['Security', 'only', 'only'],
  ]);
});

it('locates a value exactly where its event has one', () => {
  const spec = logon({ data: { Full: 'x', Empty: '', Null: null, Nul: '\0' }, userSid: undefined });
  const [found] = readAll(writeEvtx([spec]), (cursor) => {
    const { layout } = cursor;
    return Object.fromEntries(
      ['Full', 'Empty', 'Null', 'Nul', 'Security_UserID', 'EventID', 'Event_xmlns'].map((name) => {
        const there = cursor.locate((layout as Layout).find(name));
        return [name, there ? [cursor.type, cursor.length, cursor.get(name)] : cursor.get(name)];
      }),
    );
  }).records;
  expect(found).toEqual({
    Full: [1, 2, 'x'],
    Empty: [1, 0, ''],
    Null: [0, 0, ''],
    Nul: [1, 2, ''],
    Security_UserID: undefined,
    EventID: [6, 2, 4624],
    // a constant has no bytes of its own
    Event_xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event',
  });
});

it('says which leaves are fixed by the template', () => {
  const [leaves] = readAll(writeEvtx([logon()]), (cursor) => cursor.layout?.leaves).records;
  expect(leaves?.find((leaf) => leaf.name === 'Event_xmlns')).toEqual({
    name: 'Event_xmlns',
    path: 'Event.#attributes.xmlns',
    kind: 'constant',
    constant: 'http://schemas.microsoft.com/win/2004/08/events/event',
  });
  expect(leaves?.find((leaf) => leaf.name === 'TargetUserName')).toEqual({
    name: 'TargetUserName',
    path: 'Event.EventData.TargetUserName',
    kind: 'slot',
  });
});

/** A record whose template is given as it is. */
function record(template: XmlElement, given: Instance['values'], time = new Date('2026-11-02T08:00:00Z')) {
  return { body: { template, values: given }, time };
}

const string = (slot: number) => ({ slot, type: 1 });

it('leaves out what depends on a null value, in the event and in compiled access', () => {
  const template: XmlElement = {
    name: 'Event',
    children: [
      {
        name: 'EventData',
        children: [
          { name: 'Data', attributes: [['Name', 'Kept']], children: [string(0)], dependsOn: 0 },
          { name: 'Data', attributes: [['Name', 'Gone']], children: [string(1)], dependsOn: 1 },
          { name: 'Data', attributes: [['Name', 'GoneToo']], children: [string(0)], dependsOn: 1 },
        ],
      },
    ],
  };
  const bytes = writeEvtx([record(template, [values.string(''), values.nothing()])]);
  const [got] = readAll(bytes, (cursor) => ({
    event: cursor.event(),
    kept: cursor.get('Kept'),
    gone: cursor.get('Gone'),
    located: ['Kept', 'Gone', 'GoneToo'].map((name) => cursor.locate((cursor.layout as Layout).find(name))),
    xml: cursor.xml(),
  })).records;
  expect(got).toEqual({
    event: { Event: { EventData: { Kept: '' } } },
    kept: '',
    gone: undefined,
    located: [true, false, false],
    xml: "<Event><EventData><Data Name='Kept'/></EventData></Event>",
  });
});

it('takes a slot for which the record has no value for null', () => {
  const data = (name: string, slot: number): XmlElement => ({
    name: 'Data',
    attributes: [['Name', name]],
    children: [string(slot)],
  });
  const template: XmlElement = {
    name: 'Event',
    children: [
      { name: 'EventData', children: [data('A', 0), data('B', 70)] },
      { name: 'Other', children: [string(71)] },
    ],
  };
  const [got] = readAll(writeEvtx([record(template, [values.string('x')])]), (cursor) => ({
    event: cursor.event(),
    got: ['A', 'B', 'Other'].map((name) => cursor.get(name)),
    located: ['A', 'B', 'Other'].map((name) => cursor.locate((cursor.layout as Layout).find(name)) && cursor.length),
  })).records;
  expect(got).toEqual({
    event: { Event: { EventData: { A: 'x', B: '' }, Other: null } },
    got: ['x', '', undefined],
    located: [2, 0, false],
  });
});

it('numbers names that come back, joins those in a row, keeps unnamed data beside named', () => {
  const data = (name: string, slot: number): XmlElement => ({
    name: 'Data',
    attributes: [['Name', name]],
    children: [string(slot)],
  });
  const template: XmlElement = {
    name: 'Event',
    children: [
      {
        name: 'EventData',
        children: [
          data('A', 0),
          data('B', 1),
          data('A', 2),
          data('C', 0),
          data('C', 1),
          { name: 'Data', children: [string(2)] },
        ],
      },
      {
        name: 'Other',
        children: [
          { name: 'X', children: [string(0)] },
          { name: 'X', children: [string(1)] },
        ],
      },
    ],
  };
  const [got] = readAll(writeEvtx([record(template, ['0', '1', '2'].map(values.string))]), (cursor) => ({
    event: cursor.event(),
    fields: ['A', 'A_1', 'C', 'Data', 'Event.Other.X_1'].map((name) => cursor.get(name)),
  })).records;
  expect(got.event).toEqual({
    Event: {
      EventData: { A: '0', B: '1', A_1: '2', C: ['0', '1'], Data: { '#text': '2' } },
      Other: { X: '0', X_1: '1' },
    },
  });
  expect(got.fields).toEqual(['0', '2', ['0', '1'], '2', '1']);
});

it('keeps a member named __proto__ a member', () => {
  const bytes = writeEvtx([logon({ data: JSON.parse('{"__proto__":"x","hasOwnProperty":"y"}') })]);
  const [got] = readAll(bytes, (cursor) => [
    JSON.stringify((cursor.event() as never as { Event: { EventData: unknown } }).Event.EventData),
    cursor.get('__proto__'),
  ]).records;
  expect(got).toEqual(['{"__proto__":"x","hasOwnProperty":"y"}', 'x']);
});
