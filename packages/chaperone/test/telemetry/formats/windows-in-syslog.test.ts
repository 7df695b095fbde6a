import { expect, test } from 'vitest';
import { createRecordDecoder, type LogEvent } from '../../../src/telemetry/index.ts';

const place = { file: 's', record: 1 };
const decoder = createRecordDecoder({ name: 's', zone: 'UTC' });
const read = (text: string): LogEvent => {
  const event = decoder.decode(text, place, Date.parse('2026-11-25T00:00:00Z') * 1000);
  if (event === undefined || 'kind' in event) throw new Error(`not read: ${JSON.stringify(event)}`);
  return event;
};
const data = { TargetUserName: 'svc-rmm', TargetDomainName: 'CLINIC', LogonType: '10', IpAddress: '10.20.99.7' };
const RECORDS = {
  winlogbeat: {
    '@timestamp': '2026-11-20T10:00:00Z',
    winlog: {
      channel: 'Security',
      provider_name: 'Microsoft-Windows-Security-Auditing',
      event_id: 4624,
      computer_name: 'DC01',
      record_id: 7,
      event_data: data,
    },
  },
  nxlog: {
    EventTime: '2026-11-20 10:00:00',
    Hostname: 'DC01',
    EventID: 4624,
    SourceName: 'Microsoft-Windows-Security-Auditing',
    Channel: 'Security',
    RecordNumber: 7,
    ...data,
  },
};
const ENVELOPES: Readonly<Record<string, (body: string) => string>> = {
  'RFC 5424': (body) => `<134>1 2026-11-20T10:00:01Z relay nxlog - - - ${body}`,
  'RFC 3164': (body) => `<134>Nov 20 10:00:01 relay nxlog: ${body}`,
};

test.each(Object.keys(RECORDS).flatMap((form) => Object.keys(ENVELOPES).map((envelope) => [form, envelope] as const)))(
  'a Windows event as %s inside %s is what it is without',
  (form, envelope) => {
    const json = JSON.stringify(RECORDS[form as keyof typeof RECORDS]);
    const bare = read(json);
    const carried = read(ENVELOPES[envelope](json));
    expect(carried.class.key).toBe('windows/Security/Microsoft-Windows-Security-Auditing/4624');
    expect(carried.class.offers).toEqual(bare.class.offers);
    expect(carried.time).toBe(bare.time);
    for (const field of ['EventID', 'Channel', 'Computer', ...Object.keys(data)])
      expect([field, carried.get(field)]).toEqual([field, bare.get(field)]);
    expect(carried.raw()).toContain('svc-rmm');
  },
);

test('records of several makes in one stream are each what they are', () => {
  const eve = {
    timestamp: '2026-11-20T10:00:00.000000+0000',
    event_type: 'alert',
    src_ip: '10.0.0.1',
    dest_ip: '10.0.0.2',
  };
  const alert = { ...eve, proto: 'TCP', flow_id: 1, alert: { signature: 'x', signature_id: 1, severity: 1 } };
  const [windows, suricata] = [RECORDS.nxlog, alert].map((one) => ENVELOPES['RFC 5424'](JSON.stringify(one)));
  for (let i = 0; i < 3; i += 1) {
    expect(read(windows).class.format).toBe('windows');
    expect(read(suricata).class.format).toBe('suricata');
    expect(read(ENVELOPES['RFC 5424']('{"nobody":"knows this"}')).class.format).toBe('syslog');
  }
});
