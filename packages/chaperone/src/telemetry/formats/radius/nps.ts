import type { EventAccess } from '@chaperone/sigma';
import type { LogEvent, Outcome, Place, Unread } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { parseVendorTime } from '../../time/index.ts';
import { ipOnly } from '../cloud/ip-only.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { MapEvent } from '../event/map-event.ts';
import { unread } from '../event/unread.ts';
import { splitCsv } from '../text/split-csv.ts';
import { unescapeXml } from '../text/unescape-xml.ts';
import { IAS_ATTRIBUTES, NPS_COLUMNS, PACKET_TYPES, REASONS } from './nps-attributes.ts';

const ROLES = roles({
  'user.name': ['User-Name', 'SAM-Account-Name', 'Fully-Qualified-User-Name', 'Fully-Qualifed-User-Name'],
  'src_endpoint.ip': 'source.ip',
  'src_endpoint.assigned_ip': 'Framed-IP-Address',
  'src_endpoint.hostname': 'MS-RAS-Client-Name',
  'dst_endpoint.ip': ['NAS-IP-Address', 'Client-IP-Address'],
  'dst_endpoint.hostname': ['Client-Friendly-Name', 'NAS-Identifier'],
  'device.hostname': ['ComputerName', 'Computer-Name'],
  'actor.session.uid': ['Acct-Session-Id', 'Class'],
  'auth.type': 'Authentication-Type',
  'auth.protocol': 'auth.protocol',
  // As the user sees it: what the access server takes in goes out
  'traffic.bytes_out': 'Acct-Input-Octets',
  'traffic.bytes_in': 'Acct-Output-Octets',
});

function outcome(event: EventAccess): Outcome {
  const type = event.get('Packet-Type');
  if (type === '2') return 'success';
  if (type === '3') return 'failure';
  return 'unknown';
}

const offers = [{ product: 'windows', service: 'nps' }];

/** By packet type; accounting also by its status. */
function draft(key: string): ClassDraft {
  const common = { offers, roles: ROLES, outcome };
  if (key === 'Accounting-Request/1') return { ...common, class_uid: 4014, activity: 'Open', outcome: 'success' };
  if (key === 'Accounting-Request/2') return { ...common, class_uid: 4014, activity: 'Close' };
  if (key.startsWith('Accounting-Request')) return { ...common, class_uid: 4014, activity: 'Renew' };
  return { ...common, class_uid: 3002, activity: 'Logon' };
}

const classes = new ClassTable('nps', draft);

function eventOf(fields: Map<string, unknown>, stamp: string, text: string, place: Place, zone: string): LogEvent {
  const type = String(fields.get('Packet-Type') ?? '');
  const name = Object.hasOwn(PACKET_TYPES, type) ? PACKET_TYPES[type] : type;
  const status = fields.get('Acct-Status-Type');
  const kind = classes.of(name === 'Accounting-Request' && status !== undefined ? `${name}/${status}` : name);
  return new MapEvent(kind, parseVendorTime(stamp, zone), place, text, fields, undefined, derived);
}

function derived(field: string, fields: ReadonlyMap<string, unknown>): unknown {
  switch (field) {
    case 'source.ip':
      return (
        ipOnly(fields.get('Calling-Station-ID')) ??
        ipOnly(fields.get('Calling-Station-Id')) ??
        ipOnly(fields.get('Tunnel-Client-Endpt'))
      );
    case 'auth.protocol':
      return 'radius';
    case 'Packet-Type.name':
      return nameIn(PACKET_TYPES, fields.get('Packet-Type'));
    case 'Reason-Code.name':
      return nameIn(REASONS, fields.get('Reason-Code'));
    default:
      return undefined;
  }
}

function nameIn(names: Readonly<Record<string, string>>, code: unknown): string | undefined {
  return typeof code === 'string' && Object.hasOwn(names, code) ? names[code] : undefined;
}

const DATABASE = /^"[^"]{1,64}","(?:IAS|RAS|NPS)",\d{1,2}\/\d{1,2}\/\d{4},\d{1,2}:\d\d:\d\d,\d{1,3},/;
const IAS =
  /^"?[0-9a-fA-F.:]{2,45}"?,[^,]{0,255},\d{1,2}\/\d{1,2}\/\d{4},\d{1,2}:\d\d:\d\d,"?(?:IAS|RAS|NPS)"?,[^,]{1,64},/;

/** NPS (and IAS before it) as lines: the database-compatible form and the IAS form. */
export const npsLines: Format = {
  name: 'nps',
  title: 'Windows Network Policy Server, IAS and database-compatible log files',
  framing: 'lines',
  recognise: (text) => (DATABASE.test(text) || IAS.test(text) ? 0.98 : 0),
  decode(text, _json, place, context): LogEvent | Unread | undefined {
    if (DATABASE.test(text)) return decodeDatabase(text, place, context);
    return IAS.test(text) ? decodeIas(text, place, context) : text.trim() === '' ? undefined : malformed(place);
  },
};

function decodeDatabase(text: string, place: Place, context: DecodeContext): LogEvent {
  const cells = splitCsv(text);
  const fields = new Map<string, unknown>();
  const count = Math.min(cells.length, NPS_COLUMNS.length);
  for (let at = 0; at < count; at += 1) if (cells[at] !== '') fields.set(NPS_COLUMNS[at], cells[at]);
  return eventOf(fields, `${cells[2]} ${cells[3]}`, text, place, context.zone);
}

function decodeIas(text: string, place: Place, context: DecodeContext): LogEvent {
  const cells = splitCsv(text);
  const fields = new Map<string, unknown>();
  const header = ['NAS-IP-Address', 'User-Name', 'Record-Date', 'Record-Time', 'ServiceName', 'ComputerName'];
  for (let at = 0; at < header.length; at += 1) if (cells[at] !== '') fields.set(header[at], cells[at]);
  for (let at = header.length; at + 1 < cells.length; at += 2) {
    const id = cells[at];
    const name = Object.hasOwn(IAS_ATTRIBUTES, id) ? IAS_ATTRIBUTES[id] : `attribute-${id}`;
    if (cells[at + 1] !== '' && !fields.has(name)) fields.set(name, cells[at + 1]);
  }
  return eventOf(fields, `${cells[2]} ${cells[3]}`, text, place, context.zone);
}

const MAX_ELEMENTS = 512;

/** NPS's DTS form: `<Event><Timestamp data_type="4">...</Timestamp>...`, an element a line or over several. */
export const npsXml: Format = {
  name: 'nps-xml',
  title: 'Windows Network Policy Server, DTS-compliant log files',
  framing: 'xml',
  recognise: (text) =>
    text.includes('<Timestamp data_type=') &&
    (text.includes('<Packet-Type ') || text.includes('<Event-Source data_type='))
      ? 1
      : 0,
  decode(text, _json, place, context): LogEvent | Unread | undefined {
    const fields = new Map<string, unknown>();
    let at = text.indexOf('<Event>') + 7;
    if (at < 7) return malformed(place);
    for (let count = 0; count < MAX_ELEMENTS; count += 1) {
      const open = text.indexOf('<', at);
      if (open < 0 || text.charCodeAt(open + 1) === 47) break;
      const head = text.indexOf('>', open);
      if (head < 0) break;
      const space = text.indexOf(' ', open);
      const name = text.slice(open + 1, space > 0 && space < head ? space : head);
      const close = text.indexOf('</', head);
      if (close < 0) break;
      if (!fields.has(name)) fields.set(name, unescapeXml(text.slice(head + 1, close)));
      at = text.indexOf('>', close) + 1;
      if (at === 0) break;
    }
    const stamp = fields.get('Timestamp');
    if (typeof stamp !== 'string') return malformed(place);
    return eventOf(fields, stamp, text, place, context.zone);
  },
};

function malformed(place: Place): Unread {
  return unread(
    place,
    'nps-malformed',
    'the record is of none of the forms that NPS writes',
    'look at the record: it may be cut, or the server may log to another form since',
  );
}
