import type { EventClass, LogEvent, Place, Unread } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { parseIso } from '../../time/index.ts';
import { unread } from '../../unread.ts';
import { visitScalars } from './json-object.ts';

/** The columns since Windows 8; `#Fields` may say otherwise. */
const FIELDS =
  'date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path pid'.split(
    ' ',
  );
const LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:ALLOW|DROP|OPEN|CLOSE|INFO-EVENTS-LOST|OPEN-INBOUND) \S/;
const MAX_COLUMNS = 64;

/** `pfirewall.log` of Windows Firewall: W3C's form, in the host's own time unless it says `#Time Format: UTC`. */
export const windowsFirewall: Format = {
  name: 'windows-firewall',
  title: 'Windows Firewall (pfirewall.log)',
  framing: 'lines',
  recognise(text) {
    if (/^#(?:Software: Microsoft Windows Firewall|Time Format:|Fields: date time action protocol)/.test(text))
      return 1;
    if (text.startsWith('#Version: ')) return 0.8;
    return LINE.test(text) ? 0.95 : 0;
  },
  decode(text: string, _json, place: Place, context: DecodeContext): LogEvent | Unread | undefined {
    const state = context.state as State;
    if (text.startsWith('#')) {
      directive(state, text);
      return undefined;
    }
    const columns = text.split(' ', MAX_COLUMNS);
    const index = state.index ?? INDEX;
    const stamp = `${columns[index.get('date') ?? 0]} ${columns[index.get('time') ?? 1]}`;
    const time = parseIso(stamp, state.utc === true ? 'UTC' : context.zone);
    if (time === undefined || columns.length < 8) {
      const mend = 'Look at the line: it was cut, or is not of this log.';
      return unread('record_unrecognised', place.file, 'is no line of a Windows Firewall log', mend, place);
    }
    return new FirewallEvent(index, time, place, columns, text);
  },
};

interface State {
  index?: ReadonlyMap<string, number>;
  utc?: boolean;
}

const INDEX = indexOf(FIELDS);

function directive(state: State, text: string): void {
  const colon = text.indexOf(':');
  const name = text.slice(1, colon).toLowerCase();
  const value = text.slice(colon + 1).trim();
  if (name === 'time format') state.utc = value.toLowerCase() === 'utc';
  else if (name === 'fields') state.index = indexOf(value.split(/\s+/, MAX_COLUMNS));
}

function indexOf(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, at) => [name, at]));
}

const KIND: EventClass = {
  key: 'windows-firewall/traffic',
  format: 'windows-firewall',
  offers: [
    {
      product: 'windows',
      category: 'firewall',
      fields: { src_ip: 'src-ip', dst_ip: 'dst-ip', src_port: 'src-port', dst_port: 'dst-port' },
    },
  ],
  class_uid: 4001,
  activity: 'Traffic',
  roles: [
    { field: 'src-ip', as: 'src_endpoint.ip' },
    { field: 'src-port', as: 'src_endpoint.port' },
    { field: 'dst-ip', as: 'dst_endpoint.ip' },
    { field: 'dst-port', as: 'dst_endpoint.port' },
  ],
  outcome: (event) => {
    const action = event.get('action');
    return action === 'ALLOW' ? 'success' : action === 'DROP' ? 'failure' : 'unknown';
  },
};

class FirewallEvent implements LogEvent {
  readonly class = KIND;
  readonly time: number;
  readonly place: Place;
  private readonly index: ReadonlyMap<string, number>;
  private readonly columns: readonly string[];
  private readonly text: string;

  constructor(
    index: ReadonlyMap<string, number>,
    time: number,
    place: Place,
    columns: readonly string[],
    text: string,
  ) {
    this.index = index;
    this.time = time;
    this.place = place;
    this.columns = columns;
    this.text = text;
  }

  get(field: string): unknown {
    const at = this.index.get(field);
    const value = at === undefined ? undefined : this.columns[at];
    // `-` is how the format writes an empty column
    return value === '-' ? undefined : value;
  }

  values(visit: (value: unknown) => void): void {
    visitScalars(this.columns, visit);
  }

  fields(): Readonly<Record<string, unknown>> {
    const entries: [string, unknown][] = [];
    for (const [name, at] of this.index) entries.push([name, this.columns[at]]);
    return Object.fromEntries(entries);
  }

  raw(): string {
    return this.text;
  }
}
