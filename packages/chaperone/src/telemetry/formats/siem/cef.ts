import type { EventAccess, Offer } from '@chaperone/sigma';
import type { LogEvent, Outcome, Place } from '../../event.ts';
import type { DecodeContext } from '../../format.ts';
import { parseTime } from '../../time/index.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { MapEvent } from '../event/map-event.ts';
import type { Envelope } from '../syslog/envelope.ts';
import { lineFormat } from '../text/line-format.ts';
import { isLogon, productOffers } from './products.ts';

const HEADER = ['DeviceVendor', 'DeviceProduct', 'DeviceVersion', 'DeviceEventClassID', 'Name', 'Severity'];
const MAX_EXTENSIONS = 512;

const ROLES = roles({
  'user.name': ['suser', 'duser'],
  'user.uid': ['suid', 'duid'],
  'user.domain': ['sntdom', 'dntdom'],
  'src_endpoint.ip': ['src', 'sourceTranslatedAddress', 'c6a2'],
  'src_endpoint.port': 'spt',
  'src_endpoint.hostname': 'shost',
  'dst_endpoint.ip': ['dst', 'c6a3'],
  'dst_endpoint.port': 'dpt',
  'dst_endpoint.hostname': 'dhost',
  'device.hostname': ['dvchost', 'deviceExternalId', 'host.name'],
  'process.file.path': ['sproc', 'dproc'],
  'file.path': ['filePath', 'fname'],
  'file.hashes': 'fileHash',
  'traffic.bytes_in': 'in',
  'traffic.bytes_out': 'out',
  'actor.session.uid': 'externalId',
  'auth.protocol': 'app',
  url: 'request',
  tool: 'requestClientApplication',
});

const FIREWALL: Offer = {
  category: 'firewall',
  fields: { src_ip: 'src', dst_ip: 'dst', src_port: 'spt', dst_port: 'dpt', action: 'act' },
};
const PROXY: Offer = {
  category: 'proxy',
  fields: {
    'c-uri': 'request',
    'cs-uri': 'request',
    'cs-host': 'dhost',
    'cs-method': 'requestMethod',
    'c-useragent': 'requestClientApplication',
    'cs-username': 'suser',
    dst_ip: 'dst',
  },
};
const ANTIVIRUS: Offer = { category: 'antivirus', fields: { Signature: 'signature', Filename: 'file' } };

function outcome(event: EventAccess): Outcome {
  const said = event.get('outcome') ?? event.get('act') ?? event.get('Name');
  if (typeof said !== 'string') return 'unknown';
  if (/fail|denied|deny|block|drop|reject|refus/i.test(said)) return 'failure';
  return /success|accept|allow|permit|pass/i.test(said) ? 'success' : 'unknown';
}

/** By `Vendor/Product/class id`. */
function draft(key: string): ClassDraft {
  const [vendor = '', product = '', id = ''] = key.split('/');
  const logon = isLogon(id);
  return {
    offers: [...productOffers(vendor, product), FIREWALL, PROXY, ANTIVIRUS],
    class_uid: logon ? 3002 : 4001,
    activity: logon ? (/log(?:out|off)/i.test(id) ? 'Logoff' : 'Logon') : 'Other',
    roles: ROLES,
    outcome,
  };
}

const classes = new ClassTable('cef', draft);

/** Whether a line or syslog body is CEF; some put a space after the colon. */
export function isCef(body: string): boolean {
  return body.startsWith('CEF:') && (body.charCodeAt(5) === 124 || body.charCodeAt(6) === 124);
}

/** One CEF event (Micro Focus, "ArcSight Common Event Format"); undefined where a header field is missing. */
export function decodeCef(
  envelope: Envelope,
  text: string,
  place: Place,
  context: DecodeContext,
): LogEvent | undefined {
  const { body } = envelope;
  const fields = new Map<string, unknown>();
  let at = body.indexOf('|') + 1;
  for (const name of HEADER) {
    const end = headerEnd(body, at);
    if (end < 0) return undefined;
    fields.set(name, unescapeHeader(body.slice(at, end)));
    at = end + 1;
  }
  readExtensions(body, at, fields);
  addLabels(fields);
  // A cut identifier keeps hostile names from making classes without end; names of sign-ins decide the class
  const id = `${fields.get('DeviceEventClassID')} ${fields.get('Name')}`.slice(0, 80);
  const kind = classes.of(`${clean(fields.get('DeviceVendor'))}/${clean(fields.get('DeviceProduct'))}/${clean(id)}`);
  return new MapEvent(kind, timeOf(fields, context) ?? envelope.time, place, text, fields, envelope, derived);
}

/** The next `|` that isn't escaped. */
function headerEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92) at += 1;
    else if (code === 124) return at;
  }
  return -1;
}

function unescapeHeader(text: string): string {
  return text.includes('\\') ? text.replace(/\\([\\|])/g, '$1') : text;
}

/**
 * Extensions are `key=value key=value`, with spaces inside values. A key is the word before an unescaped `=`; the value
 * before it ends where that word starts.
 */
function readExtensions(text: string, from: number, fields: Map<string, unknown>): void {
  let key = '';
  let start = from;
  let word = from;
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92) at += 1;
    else if (code === 32) word = at + 1;
    else if (code === 61 && at > word && isKey(text, word, at)) {
      if (key !== '') set(fields, key, text.slice(start, Math.max(start, word - 1)));
      if (fields.size >= MAX_EXTENSIONS) return;
      key = text.slice(word, at);
      start = at + 1;
      word = at + 1;
    }
  }
  if (key !== '') set(fields, key, text.slice(start));
}

function isKey(text: string, from: number, to: number): boolean {
  if (to - from > 100) return false;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    const fine =
      (code >= 97 && code <= 122) ||
      (code >= 65 && code <= 90) ||
      (code >= 48 && code <= 57) ||
      code === 95 ||
      code === 46 ||
      code === 45 ||
      code === 91 ||
      code === 93;
    if (!fine) return false;
  }
  return true;
}

function set(fields: Map<string, unknown>, key: string, raw: string): void {
  if (fields.has(key)) return;
  const value = raw.trim();
  fields.set(
    key,
    value.includes('\\')
      ? value.replace(/\\([\\=|nr])/g, (_all, code: string) => (code === 'n' ? '\n' : code === 'r' ? '\r' : code))
      : value,
  );
}

/** `cs1Label=Rule cs1=allow-vpn` also answers as `Rule`. */
function addLabels(fields: Map<string, unknown>): void {
  for (const [key, label] of [...fields]) {
    if (!key.endsWith('Label') || typeof label !== 'string' || label === '' || label.length > 100) continue;
    const value = fields.get(key.slice(0, -5));
    if (value !== undefined && !fields.has(label)) fields.set(label, value);
  }
}

function clean(value: unknown): string {
  return String(value ?? '')
    .replaceAll('/', ' ')
    .slice(0, 40);
}

function timeOf(fields: ReadonlyMap<string, unknown>, context: DecodeContext): number | undefined {
  for (const name of ['rt', 'start', 'end', 'deviceReceiptTime']) {
    const time = parseTime(fields.get(name), context.zone, context.reference);
    if (time !== undefined) return time;
  }
  return undefined;
}

function derived(field: string, fields: ReadonlyMap<string, unknown>): unknown {
  switch (field) {
    case 'signature':
      return fields.get('virusName') ?? fields.get('cs1') ?? fields.get('Name');
    case 'file':
      return fields.get('filePath') ?? fields.get('fname');
    default:
      return undefined;
  }
}

export const cef = lineFormat({ name: 'cef', title: 'Common Event Format (CEF)', starts: isCef, decode: decodeCef });
