import type { Offer } from '@chaperone/sigma';
import type { EventClass, LogEvent, Place, Unread } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { parseIso } from '../../time/index.ts';
import { inert, unread } from '../../unread.ts';
import { visitScalars } from './json-object.ts';

/**
 * The W3C extended log of IIS (web and FTP server) and of Windows Firewall (`pfirewall.log`): `#Fields` names the columns that
 * follow, spaces part them. IIS states UTC; the firewall's `#Time Format: Local` means the host's zone.
 */
export const w3c: Format = {
  name: 'w3c',
  title: 'W3C extended log: IIS, Windows Firewall (pfirewall.log)',
  framing: 'lines',
  recognise(text) {
    if (/^#(?:Software|Version|Fields|Date|Start-Date|Time Format): ?/.test(text)) return 0.9;
    return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (?:ALLOW|DROP|INFO-EVENTS-LOST) /.test(text) ? 0.9 : 0;
  },
  decode(text: string, _json, place: Place, context: DecodeContext): LogEvent | Unread | undefined {
    const state = context.state as unknown as State;
    if (text.startsWith('#')) {
      directive(state, text);
      return undefined;
    }
    const columns = text.split(' ');
    if (state.head === undefined && FIREWALL.test(text)) state.head = headOf(FIREWALL_FIELDS, true);
    const { head } = state;
    if (head === undefined) {
      return unread(
        'record_unrecognised',
        place.file,
        `is a line before any #Fields: ${inert(text, 80)}`,
        'Add the #Fields line that the log had.',
        place,
      );
    }
    const date = columns[head.date] ?? state.date;
    const time = columns[head.time];
    const stamp = date === undefined || time === undefined ? undefined : `${date} ${time}`;
    const zone = head.firewall && state.local !== false ? context.zone : 'UTC';
    return new W3cEvent(head, stamp === undefined ? undefined : parseIso(stamp, zone), place, columns, text);
  },
};

interface Head {
  readonly names: readonly string[];
  readonly index: ReadonlyMap<string, number>;
  readonly date: number;
  readonly time: number;
  readonly firewall: boolean;
  readonly kind: EventClass;
}

interface State {
  head?: Head;
  date?: string;
  local?: boolean;
}

const FIREWALL = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Z-]+ [A-Z0-9]+ /;
const FIREWALL_FIELDS =
  'date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path pid'.split(
    ' ',
  );
const MAX_COLUMNS = 256;

function directive(state: State, text: string): void {
  const colon = text.indexOf(':');
  const name = text.slice(1, colon).toLowerCase();
  const value = text.slice(colon + 1).trim();
  if (name === 'date') state.date = /^\d{4}-\d\d-\d\d/.exec(value)?.[0];
  else if (name === 'time format') state.local = value.toLowerCase() !== 'utc';
  else if (name === 'fields') {
    const names = value.split(/\s+/).slice(0, MAX_COLUMNS);
    state.head = headOf(names, names.includes('src-ip') && names.includes('action'));
  }
}

/** Sigma's names for firewall columns. */
const FIREWALL_OFFER: Offer = {
  product: 'windows',
  category: 'firewall',
  fields: { src_ip: 'src-ip', dst_ip: 'dst-ip', src_port: 'src-port', dst_port: 'dst-port' },
};

const FIREWALL_CLASS: EventClass = {
  key: 'w3c/firewall',
  format: 'w3c',
  offers: [FIREWALL_OFFER],
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

const WEB_CLASS: EventClass = {
  key: 'w3c/webserver',
  format: 'w3c',
  offers: [{ product: 'windows', category: 'webserver', service: 'iis' }],
  class_uid: 4002,
  activity: 'Request',
  roles: [
    { field: 'cs-username', as: 'actor.user.name' },
    { field: 'c-ip', as: 'src_endpoint.ip' },
    { field: 's-ip', as: 'dst_endpoint.ip' },
    { field: 's-port', as: 'dst_endpoint.port' },
    { field: 's-computername', as: 'device.hostname' },
    { field: 'cs-uri-stem', as: 'url' },
    { field: 'cs-bytes', as: 'traffic.bytes_in' },
    { field: 'sc-bytes', as: 'traffic.bytes_out' },
  ],
  outcome: (event) => {
    const status = Number(event.get('sc-status'));
    if (!Number.isInteger(status)) return 'unknown';
    return status < 400 ? 'success' : 'failure';
  },
};

function headOf(names: readonly string[], firewall: boolean): Head {
  const index = new Map<string, number>();
  names.forEach((name, at) => {
    if (!index.has(name)) index.set(name, at);
  });
  const kind = firewall ? FIREWALL_CLASS : WEB_CLASS;
  return { names, index, date: index.get('date') ?? -1, time: index.get('time') ?? -1, firewall, kind };
}

class W3cEvent implements LogEvent {
  readonly class: EventClass;
  readonly time: number | undefined;
  readonly place: Place;
  private readonly head: Head;
  private readonly columns: readonly string[];
  private readonly text: string;

  constructor(head: Head, time: number | undefined, place: Place, columns: readonly string[], text: string) {
    this.class = head.kind;
    this.time = time;
    this.place = place;
    this.head = head;
    this.columns = columns;
    this.text = text;
  }

  get(field: string): unknown {
    const at = this.head.index.get(field);
    if (at !== undefined) return stated(this.columns[at]);
    if (field === 'cs-uri' || field === 'c-uri') return this.#uri();
    // Rules for proxies and web servers call the same column by either side
    const other = OTHER_SIDE.get(field);
    const beside = other === undefined ? undefined : this.head.index.get(other);
    if (beside === undefined) return undefined;
    const value = stated(this.columns[beside]);
    // IIS writes a space as + there
    return other === 'cs(User-Agent)' ? value?.replaceAll('+', ' ') : value;
  }

  values(visit: (value: unknown) => void): void {
    visitScalars(this.columns, visit);
  }

  fields(): Readonly<Record<string, unknown>> {
    const { names } = this.head;
    return Object.fromEntries(names.map((name, at) => [name, this.columns[at]]));
  }

  raw(): string {
    return this.text;
  }

  #uri(): string | undefined {
    const stem = this.get('cs-uri-stem');
    if (typeof stem !== 'string') return undefined;
    const query = this.get('cs-uri-query');
    return typeof query === 'string' ? `${stem}?${query}` : stem;
  }
}

const OTHER_SIDE: ReadonlyMap<string, string> = new Map([
  ['cs-user-agent', 'cs(User-Agent)'],
  ['c-useragent', 'cs(User-Agent)'],
  ['cs-cookie', 'cs(Cookie)'],
  ['cs-referer', 'cs(Referer)'],
  ['cs-referrer', 'cs(Referer)'],
  ['c-uri-query', 'cs-uri-query'],
  ['c-uri-stem', 'cs-uri-stem'],
]);

/** `-` is how the format writes an empty column. */
function stated(value: string | undefined): string | undefined {
  return value === '-' ? undefined : value;
}
