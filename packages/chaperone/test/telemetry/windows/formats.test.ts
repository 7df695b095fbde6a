import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../../../src/telemetry/index.ts';
import { readContent } from '../read.ts';

/** One event, a network logon, as each shipper writes it. */
const at = Date.parse('2026-07-28T11:28:00.123Z') * 1000 + 456;

const eventData = {
  SubjectUserName: '-',
  TargetUserName: 'msp-adm',
  TargetDomainName: 'CLINIC',
  TargetUserSid: 'S-1-5-21-1-2-3-1105',
  LogonType: 3,
  IpAddress: '10.8.0.23',
};

const tree = {
  Event: {
    '#attributes': { xmlns: 'http://schemas.microsoft.com/win/2004/08/events/event' },
    System: {
      Provider: {
        '#attributes': { Name: 'Microsoft-Windows-Security-Auditing', Guid: '54849625-5478-4994-A5BA-3E3B0328C30D' },
      },
      EventID: 4624,
      Level: 0,
      Keywords: '0x8020000000000000',
      TimeCreated: { '#attributes': { SystemTime: '2026-07-28T11:28:00.123456Z' } },
      EventRecordID: 542,
      Execution: { '#attributes': { ProcessID: 668, ThreadID: 700 } },
      Channel: 'Security',
      Computer: 'dc01.clinic.test',
      Security: null,
    },
    EventData: eventData,
  },
};

const xml = (open = '', close = '') =>
  `${open}<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-Auditing' Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/><EventID>4624</EventID><Level>0</Level><Keywords>0x8020000000000000</Keywords><TimeCreated SystemTime='2026-07-28T11:28:00.1234567Z'/><EventRecordID>542</EventRecordID><Execution ProcessID='668' ThreadID='700'/><Channel>Security</Channel><Computer>dc01.clinic.test</Computer><Security/></System><EventData>${Object.entries(
    eventData,
  )
    .map(([name, value]) => `<Data Name='${name}'>${value}</Data>`)
    .join('')}</EventData></Event>${close}`;

const message = [
  'An account was successfully logged on.',
  '',
  'Subject:',
  '\tSecurity ID:\t\tS-1-0-0',
  '\tAccount Name:\t\t-',
  'Logon Information:',
  '\tLogon Type:\t\t3',
  'New Logon:',
  '\tSecurity ID:\t\tS-1-5-21-1-2-3-1105',
  '\tAccount Name:\t\tmsp-adm',
  '\tAccount Domain:\t\tCLINIC',
  'Network Information:',
  '\tWorkstation Name:\tNG-JUMP',
  '\tSource Network Address:\t10.8.0.23',
  '\tSource Port:\t\t50122',
].join('\r\n');

const shapes: readonly (readonly [name: string, format: string, content: string, time?: number])[] = [
  [
    'Winlogbeat 8',
    'winlogbeat',
    JSON.stringify({
      '@timestamp': '2026-07-28T11:28:00.123456Z',
      event: { code: '4624', provider: 'Microsoft-Windows-Security-Auditing', outcome: 'success' },
      winlog: {
        channel: 'Security',
        provider_name: 'Microsoft-Windows-Security-Auditing',
        event_id: '4624',
        record_id: 542,
        computer_name: 'dc01.clinic.test',
        keywords: ['Audit Success'],
        event_data: Object.fromEntries(Object.entries(eventData).map(([key, value]) => [key, String(value)])),
      },
    }),
  ],
  [
    'Elasticsearch export with dotted keys',
    'winlogbeat',
    JSON.stringify({
      _index: 'winlogbeat-8',
      _source: {
        '@timestamp': '2026-07-28T11:28:00.123456Z',
        'event.code': '4624',
        'winlog.channel': 'Security',
        'winlog.provider_name': 'Microsoft-Windows-Security-Auditing',
        'winlog.record_id': '542',
        'winlog.computer_name': 'dc01.clinic.test',
        ...Object.fromEntries(
          Object.entries(eventData).map(([key, value]) => [`winlog.event_data.${key}`, String(value)]),
        ),
      },
    }),
  ],
  [
    'Winlogbeat 6',
    'winlogbeat',
    JSON.stringify({
      '@timestamp': '2026-07-28T11:28:00.123456Z',
      log_name: 'Security',
      source_name: 'Microsoft-Windows-Security-Auditing',
      event_id: 4624,
      record_number: '542',
      computer_name: 'dc01.clinic.test',
      event_data: eventData,
    }),
  ],
  [
    'NXLog',
    'windows-flat',
    JSON.stringify({
      EventTime: '2026-07-28T11:28:00.123456+00:00',
      Hostname: 'dc01.clinic.test',
      Keywords: -9214364837600034816n.toString(),
      EventType: 'AUDIT_SUCCESS',
      EventID: 4624,
      SourceName: 'Microsoft-Windows-Security-Auditing',
      RecordNumber: 542,
      Channel: 'Security',
      ...eventData,
    }).replace('"-9214364837600034816"', '-9214364837600034816'),
  ],
  ['evtx_dump, a line each', 'windows-tree', JSON.stringify(tree)],
  ['evtx_dump, pretty', 'windows-tree', JSON.stringify(tree, null, 2)],
  ['an array of trees', 'windows-tree', JSON.stringify([tree])],
  [
    'EvtxECmd',
    'evtxecmd',
    JSON.stringify({
      PayloadData1: 'Target: CLINIC\\msp-adm',
      UserName: '-\\-',
      RemoteHost: '- (10.8.0.23)',
      MapDescription: 'Successful logon',
      ChunkNumber: 0,
      Computer: 'dc01.clinic.test',
      Payload: JSON.stringify({
        EventData: {
          Data: Object.entries(eventData).map(([name, value]) => ({ '@Name': name, '#text': String(value) })),
        },
      }),
      Channel: 'Security',
      Provider: 'Microsoft-Windows-Security-Auditing',
      EventId: 4624,
      EventRecordId: '542',
      ProcessId: 668,
      ThreadId: 700,
      Level: 'LogAlways',
      TimeCreated: '2026-07-28T11:28:00.1234567+00:00',
      RecordNumber: 1,
    }),
  ],
  ['wevtutil without a root', 'windows-xml', xml()],
  [
    'Event Viewer',
    'windows-xml',
    xml('<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n<Events>', '</Events>'),
  ],
  [
    'Get-WinEvent',
    'get-winevent',
    JSON.stringify([
      {
        Id: 4624,
        ProviderName: 'Microsoft-Windows-Security-Auditing',
        LogName: 'Security',
        MachineName: 'dc01.clinic.test',
        RecordId: 542,
        TimeCreated: `/Date(${Date.parse('2026-07-28T11:28:00.123Z')})/`,
        KeywordsDisplayNames: ['Audit Success'],
        Properties: [{ Value: 1 }],
        Message: message,
      },
    ]),
    at - 456,
  ],
  [
    'Snare by syslog',
    'snare',
    `<131>Jul 28 11:28:41 dc01 MSWinEventLog\t1\tSecurity\t3792\tTue Jul 28 11:28:00 2026\t4624\tMicrosoft-Windows-Security-Auditing\t-\\-\tN/A\tSuccess Audit\tdc01.clinic.test\tLogon\t\t${message.replaceAll('\r\n', '   ').replaceAll(/\t+/g, '  ')}\t542`,
    Date.parse('2026-07-28T11:28:00Z') * 1000,
  ],
];

const contentOf = (shape: number) => shapes[shape][2];

function expectLogon(event: LogEvent, time: number): void {
  expect(event.class.key).toBe('windows/Security/Microsoft-Windows-Security-Auditing/4624');
  expect(event.time).toBe(time);
  expect(String(event.get('EventID'))).toBe('4624');
  expect(event.get('Channel')).toBe('Security');
  expect(event.get('Provider_Name')).toBe('Microsoft-Windows-Security-Auditing');
  expect(event.get('Computer')).toBe('dc01.clinic.test');
  expect(event.get('TargetUserName')).toBe('msp-adm');
  expect(event.get('TargetDomainName')).toBe('CLINIC');
  expect(event.get('IpAddress')).toBe('10.8.0.23');
  expect(String(event.get('LogonType'))).toBe('3');
  expect(event.get('NoSuchField')).toBeUndefined();
  expect(event.get('constructor')).toBeUndefined();
  const values: unknown[] = [];
  event.values((value) => values.push(value));
  expect(values.some((value) => String(value).includes('msp-adm'))).toBe(true);
  expect(JSON.stringify(event.fields())).toContain('msp-adm');
  expect(event.raw()).toContain('msp-adm');
}

describe('one logon in every shape', () => {
  it.each(shapes.map(([name, ...rest]) => ({ name, rest })))(
    '$name',
    async ({ rest: [format, content, time = at] }) => {
      const { events, unread, kinds } = await readContent(content);
      expect(unread).toEqual([]);
      expect(kinds).toEqual([format]);
      expect(events).toHaveLength(1);
      expectLogon(events[0], time);
    },
  );

  it("answers under the source's own paths too", async () => {
    const [beat] = (await readContent(contentOf(0))).events;
    expect(beat.get('winlog.event_data.TargetUserName')).toBe('msp-adm');
    expect(beat.get('event.code')).toBe('4624');
    const [own] = (await readContent(contentOf(4))).events;
    expect(own.get('Event.System.Channel')).toBe('Security');
    expect(own.get('Event.EventData.IpAddress')).toBe('10.8.0.23');
    expect(own.get('Execution_ProcessID')).toBe(668);
    expect(own.get('TimeCreated_SystemTime')).toBe('2026-07-28T11:28:00.123456Z');
  });
});

describe('what shippers do to events', () => {
  it('finds UserData, unnamed data and qualified ids', async () => {
    const cleared = {
      Event: {
        System: {
          Provider: { '#attributes': { Name: 'Microsoft-Windows-Eventlog' } },
          EventID: 1102,
          Channel: 'Security',
          Computer: 'dc01',
        },
        UserData: { LogFileCleared: { '#attributes': { xmlns: 'x' }, SubjectUserName: 'msp-adm' } },
      },
    };
    const service = {
      Event: {
        System: {
          Provider: { '#attributes': { Name: 'Service Control Manager' } },
          EventID: { '#attributes': { Qualifiers: 16384 }, '#text': 7045 },
          Channel: 'System',
        },
        EventData: { ServiceName: 'ScreenConnect', ImagePath: 'C:\\x.exe' },
      },
    };
    const classic = {
      Event: {
        System: { Provider: { '#attributes': { Name: 'PowerShell' } }, EventID: 400, Channel: 'Windows PowerShell' },
        EventData: { Data: { '#text': ['Available', 'None', 'HostApplication=powershell.exe'] } },
      },
    };
    const { events, unread } = await readContent(
      [cleared, service, classic].map((one) => JSON.stringify(one)).join('\n'),
    );
    expect(unread).toEqual([]);
    expect(events.map((event) => event.class.key)).toEqual([
      'windows/Security/Microsoft-Windows-Eventlog/1102',
      'windows/System/Service Control Manager/7045',
      'windows/Windows PowerShell/PowerShell/400',
    ]);
    expect(events[0].get('SubjectUserName')).toBe('msp-adm');
    expect(events[1].get('EventID')).toBe(7045);
    expect(events[1].get('EventID_Qualifiers')).toBe(16384);
    expect(events[2].get('Data')).toEqual(['Available', 'None', 'HostApplication=powershell.exe']);
  });

  it("prefers the event's own user to the shipper's, and Sysmon's UTC to a local stamp", async () => {
    const line = JSON.stringify({
      EventTime: '2026-07-28 13:28:00',
      '@timestamp': '2026-07-28T11:28:07Z',
      UtcTime: '2026-07-28 11:28:00.919',
      Hostname: 'ws1',
      EventID: 13,
      SourceName: 'Microsoft-Windows-Sysmon',
      Channel: 'Microsoft-Windows-Sysmon/Operational',
      EventType: 'SetValue',
      TargetObject: 'HKLM\\x',
      UserID: 'S-1-5-18',
    });
    const [event] = (await readContent(line)).events;
    expect(event.time).toBe(Date.parse('2026-07-28T11:28:00.919Z') * 1000);
    expect(event.get('Security_UserID')).toBe('S-1-5-18');
  });

  it('reads a local stamp in the zone that it is told', async () => {
    const line = JSON.stringify({
      EventTime: '2026-07-28 13:28:00',
      Hostname: 'ws1',
      EventID: 7045,
      SourceName: 'Service Control Manager',
      Channel: 'System',
    });
    const [event] = (await readContent(line, { zone: 'Europe/Berlin' })).events;
    expect(event.time).toBe(Date.parse('2026-07-28T11:28:00Z') * 1000);
  });

  it("finds Sysmon's event type where NXLog hid it", async () => {
    const line = (EventType: string, Message: string) =>
      JSON.stringify({
        EventID: 12,
        SourceName: 'Microsoft-Windows-Sysmon',
        Channel: 'Microsoft-Windows-Sysmon/Operational',
        EventType,
        Message,
      });
    const { events } = await readContent(
      [
        line('INFO', 'Registry object added or deleted:\r\nRuleName: -\r\nEventType: DeleteKey\r\nUtcTime: x'),
        line('CreateKey', ''),
        line('INFO', ''),
      ].join('\n'),
    );
    expect(events.map((event) => event.class.key.split('/').at(-1))).toEqual([
      'registry_event+registry_delete',
      'registry_event+registry_add',
      'registry_event',
    ]);
    expect(events[0].get('EventType')).toBe('DeleteKey');
  });

  it('derives what built-in events say in other words', async () => {
    const line = JSON.stringify({
      EventID: 4657,
      SourceName: 'Microsoft-Windows-Security-Auditing',
      Channel: 'Security',
      OperationType: '%%1905',
      ObjectName: '\\REGISTRY\\MACHINE\\SOFTWARE\\X',
      ObjectValueName: 'Run',
      NewValue: 'x.exe',
    });
    const [event] = (await readContent(line)).events;
    expect(event.get('TargetObject')).toBe('HKLM\\SOFTWARE\\X\\Run');
    expect(event.get('Details')).toBe('x.exe');
    expect(event.class.offers.some((offer) => offer.category === 'registry_set')).toBe(true);
  });

  it("goes by the source that JSON states in Sigma's words", async () => {
    const { events, kinds } = await readContent(
      `${JSON.stringify({ EventID: 1, Image: 'C:\\x.exe', CommandLine: 'x /y', UtcTime: '2026-07-28 11:44:53.919', Computer: 'ws', product: 'windows', category: 'process_creation' })}\n${JSON.stringify({ message: 'x', product: 'cisco', service: 'aaa' })}\n`,
    );
    expect(kinds).toEqual(['sigma-event']);
    expect(events.map((event) => event.class.offers)).toEqual([
      [{ product: 'windows', category: 'process_creation' }],
      [{ product: 'cisco', service: 'aaa' }],
    ]);
    expect(events[0].class.class_uid).toBe(1007);
  });

  it('reads a Snare line in a file of other syslog, with tabs as rsyslog writes them', async () => {
    const sshd = 'Jul 28 11:28:01 web1 sshd[77]: Failed password for root from 203.0.113.9 port 5022 ssh2';
    const snare = contentOf(shapes.length - 1).replaceAll('\t', '#011');
    const { events, unread, kinds } = await readContent([sshd, sshd, snare, sshd].join('\n'));
    expect(unread).toEqual([]);
    expect(kinds).toEqual(['syslog']);
    expect(events.map((event) => event.class.format)).toEqual([
      events[0].class.format,
      events[0].class.format,
      'windows',
      events[0].class.format,
    ]);
  });

  it('does not let a command line write fields of its own into a message', async () => {
    const text = `A new process has been created.   Creator Subject:   Security ID:  CLINIC\\eve   Account Name:  eve   Account Domain:  CLINIC   Process Information:   New Process Name: C:\\x.exe   Process Command Line: x.exe   Account Name:  administrator   Unknown: y  z`;
    const line = `<131>Jul 28 11:28:41 dc01 MSWinEventLog\t1\tSecurity\t1\tTue Jul 28 11:28:00 2026\t4688\tMicrosoft-Windows-Security-Auditing\t-\tN/A\tSuccess Audit\tdc01\tProcess Creation\t\t${text}\t1`;
    const [event] = (await readContent(line)).events;
    expect(event.get('SubjectUserName')).toBe('eve');
    expect(event.get('NewProcessName')).toBe('C:\\x.exe');
    expect(event.get('CommandLine')).toBe('x.exe');
  });

  it('tells a Snare line that was cut', async () => {
    const { unread } = await readContent('<131>Jul 28 11:28:41 dc01 MSWinEventLog\t1\tSecurity\t1\tTue Jul 28');
    expect(unread).toMatchObject([{ code: 'record_unrecognised', record: 1 }]);
  });
});

describe('Windows Firewall', () => {
  it('is read with its head and without', async () => {
    const line = '2026-07-28 13:28:05 DROP TCP 203.0.113.7 10.0.0.5 50122 3389 52 S 1 0 64240 - - - RECEIVE 4';
    const head =
      '#Version: 1.5\n#Software: Microsoft Windows Firewall\n#Time Format: Local\n#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path pid\n';
    for (const log of [`${head}\n${line}\n`, `${line}\n`]) {
      const { events, unread, kinds } = await readContent(log, { zone: 'Europe/Berlin' });
      expect(unread).toEqual([]);
      expect(kinds).toEqual(['windows-firewall']);
      expect(events[0].time).toBe(Date.parse('2026-07-28T11:28:05Z') * 1000);
      expect(events[0].get('dst-port')).toBe('3389');
      expect(events[0].class.outcome?.(events[0])).toBe('failure');
    }
  });
});
