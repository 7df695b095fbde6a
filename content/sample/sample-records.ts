import { readBuffer } from '@chaperone/evtx';
import { type EventSpec, writeEvtx } from '@chaperone/evtx/testkit';
import { sampleCase } from './index.ts';

/** One record as a shipper of the sample clinic would send it. */
export interface SampleRecord {
  /** which of the clinic's shippers: Winlogbeat, the firewall's syslog, the archive's rsyslog, the export of the tenant's logs */
  readonly shipper: 'windows' | 'firewall' | 'archive' | 'tenant';
  /** microseconds since 1970 */
  readonly time: number;
  readonly text: string;
}

interface Tree {
  readonly [name: string]: unknown;
}

/**
 * The sample case as records in the order of time, Windows events in Winlogbeat's form.
 *
 * @param until milliseconds since 1970: as it would have been in the days before; left out: in its week of 2026
 */
export function sampleRecords(until?: number): SampleRecord[] {
  const { logs, texts } = sampleCase({ until });
  const records: SampleRecord[] = [];
  for (const events of logs.values()) records.push(...windows(events));
  for (const [name, lines] of texts) {
    const shipper = name.startsWith('fw01') ? 'firewall' : name.startsWith('store01') ? 'archive' : 'tenant';
    for (const { time, text } of lines) records.push({ shipper, time, text });
  }
  return records.sort((a, b) => a.time - b.time);
}

function windows(events: EventSpec[]): SampleRecord[] {
  events.sort((a, b) => Number(a.time) - Number(b.time));
  const records: SampleRecord[] = [];
  readBuffer(writeEvtx(events), {
    onRecord(cursor) {
      const { Event } = cursor.event() as { Event: Tree };
      records.push({ shipper: 'windows', time: cursor.timeCreated(), text: JSON.stringify(winlogbeat(Event)) });
    },
  });
  return records;
}

/** An event as Winlogbeat lays it out: the header in `winlog`, every value of the data as text. */
function winlogbeat({ System, EventData, UserData }: Tree): Tree {
  const system = System as Tree;
  // Classic sources qualify their numbers: then the number is the element's text.
  const { EventID } = system;
  const id = typeof EventID === 'object' ? Number((EventID as Tree)['#text']) : Number(EventID);
  return {
    '@timestamp': attribute(system, 'TimeCreated', 'SystemTime').replace(/0+Z$/, 'Z').replace(/\.Z$/, '.000Z'),
    event: { code: String(id), kind: 'event', provider: attribute(system, 'Provider', 'Name') },
    host: { name: system.Computer },
    agent: { type: 'winlogbeat', version: '8.17.0' },
    winlog: {
      channel: system.Channel,
      provider_name: attribute(system, 'Provider', 'Name'),
      event_id: String(id),
      record_id: Number(system.EventRecordID),
      computer_name: system.Computer,
      ...(EventData === undefined || EventData === null ? {} : { event_data: texts(EventData as Tree) }),
      ...(UserData === undefined || UserData === null
        ? {}
        : { user_data: texts(Object.values(UserData as Tree)[0] as Tree) }),
    },
  };
}

function attribute(tree: Tree, element: string, name: string): string {
  return String(((tree[element] as Tree)['#attributes'] as Tree)[name]);
}

function texts(data: Tree): Record<string, string> {
  const pairs = Object.entries(data).filter(([name, value]) => name !== '#attributes' && value !== null);
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]));
}
