import { type EvtxIssue, type EvtxOptions, type EvtxSummary, type RecordCursor, readBuffer } from '../src/index.ts';
import { type EventSpec, values } from '../testkit/index.ts';

/** A logon as Windows Server writes it, with the value types of the real template. */
export function logon(overrides: Partial<EventSpec> = {}): EventSpec {
  return {
    provider: 'Microsoft-Windows-Security-Auditing',
    providerGuid: '{54849625-5478-4994-a5ba-3e3b0328c30d}',
    eventId: 4624,
    version: 2,
    task: 12_544,
    keywords: 0x8020_0000_0000_0000n,
    time: new Date('2026-11-02T07:30:15.250Z'),
    processId: 612,
    threadId: 4020,
    channel: 'Security',
    computer: 'dc1.clinic.example',
    data: {
      SubjectUserSid: values.sid('S-1-5-18'),
      SubjectUserName: 'DC1$',
      SubjectLogonId: values.hex64(0x3e7),
      TargetUserName: 'msp.anna',
      LogonType: 3,
      LogonGuid: values.guid('{7f3b2d10-93e4-4c5a-9a10-2b8f6a1d0c55}'),
      ProcessId: values.sizeT(0x264),
      IpAddress: '203.0.113.40',
      WorkstationName: '',
      TransmittedServices: null,
    },
    ...overrides,
  };
}

/** Reads everything and keeps what a callback makes of each record. */
export function readAll<T>(
  bytes: Uint8Array,
  take: (cursor: RecordCursor) => T,
  options: EvtxOptions = {},
): { records: T[]; issues: EvtxIssue[]; summary: EvtxSummary } {
  const records: T[] = [];
  const issues: EvtxIssue[] = [];
  const summary = readBuffer(
    bytes,
    { onRecord: (cursor) => void records.push(take(cursor)), onIssue: (issue) => void issues.push(issue) },
    options,
  );
  return { records, issues, summary };
}

/** Touches a record in every way there is. */
export function exercise(cursor: RecordCursor): void {
  cursor.event();
  cursor.xml();
  cursor.timeCreated();
  cursor.values(() => {});
  cursor.get('EventID');
  for (let leaf = 0; leaf < (cursor.layout?.leaves.length ?? 0); leaf++) {
    cursor.locate(leaf);
    cursor.value(leaf);
  }
}
