import { randomUUID } from 'node:crypto';
import { EventEncoder, type EventRow, type RowBatch } from '../../src/storage/index.ts';

/** An event row with plain values, and what is given instead of them. */
export function eventRow(given: Partial<EventRow> = {}): EventRow {
  return {
    id: randomUUID(),
    time: 1_780_000_000_000_000,
    received: 1_780_000_000_500_000,
    source: '0190a0a0-0000-7000-8000-000000000001',
    kind: 'syslog/sshd',
    format: 'syslog',
    class_uid: 3002,
    activity: 'Logon',
    outcome: 'success',
    provider: 'northgate',
    account: 'CLINIC\\ng-anna',
    person: 'Anna Berg',
    host: 'FS01',
    src_ip: '198.51.100.3',
    link: '',
    attribution_confidence: 'high',
    attribution_by: ["account CLINIC\\ng-anna is declared for Northgate's"],
    normal: ['user.name', 'ng-anna'],
    fields: [['user', ['ng-anna']]],
    numbers: [['port', [22]]],
    raw: 'Accepted publickey for ng-anna from 198.51.100.3 port 22 ssh2',
    rules: [],
    findings: [],
    ...given,
  };
}

/** Rows as they are handed to the store. */
export function eventBatch(rows: readonly EventRow[]): RowBatch {
  const encoder = new EventEncoder();
  for (const row of rows) encoder.add(row);
  return encoder.take();
}
