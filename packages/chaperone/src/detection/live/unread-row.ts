import type { EventRow } from '../../storage/index.ts';

/** A record that nobody judged, as it is kept: its raw text and where it came from. `received` in microseconds since 1970. */
export function unreadRow(id: string, source: string, received: number, raw: string): EventRow {
  return {
    id,
    time: Number.NaN,
    received,
    source,
    kind: 'unread',
    format: '',
    class_uid: 0,
    activity: '',
    outcome: 'unknown',
    provider: '',
    account: '',
    person: '',
    host: '',
    src_ip: '',
    link: '',
    attribution_confidence: '',
    attribution_by: [],
    normal: [],
    fields: [],
    numbers: [],
    raw,
    rules: [],
    findings: [],
  };
}
