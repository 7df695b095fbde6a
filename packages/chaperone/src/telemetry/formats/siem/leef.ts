import type { EventAccess, Offer } from '@chaperone/sigma';
import type { LogEvent, Outcome, Place } from '../../event.ts';
import type { DecodeContext } from '../../format.ts';
import { parseTime } from '../../time/index.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { MapEvent } from '../event/map-event.ts';
import type { Envelope } from '../syslog/envelope.ts';
import { lineFormat } from '../text/line-format.ts';
import { isLogon, productOffers } from './products.ts';

const HEADER = ['Vendor', 'Product', 'Version', 'EventID'];
const MAX_ATTRIBUTES = 512;

const ROLES = roles({
  'user.name': ['usrName', 'accountName'],
  'user.domain': 'domain',
  'src_endpoint.ip': ['src', 'identSrc', 'srcPostNAT'],
  'src_endpoint.port': 'srcPort',
  'src_endpoint.hostname': 'identHostName',
  'dst_endpoint.ip': ['dst', 'dstPostNAT'],
  'dst_endpoint.port': 'dstPort',
  'device.hostname': ['devName', 'resource', 'host.name'],
  'traffic.bytes_in': 'dstBytes',
  'traffic.bytes_out': 'srcBytes',
  'auth.protocol': 'proto',
  url: 'url',
});

const FIREWALL: Offer = {
  category: 'firewall',
  fields: { src_ip: 'src', dst_ip: 'dst', src_port: 'srcPort', dst_port: 'dstPort' },
};

function outcome(event: EventAccess): Outcome {
  const said = `${event.get('action') ?? ''} ${event.get('EventID') ?? ''} ${event.get('result') ?? ''}`;
  if (/fail|denied|deny|block|drop|reject|refus/i.test(said)) return 'failure';
  return /success|accept|allow|permit/i.test(said) ? 'success' : 'unknown';
}

function draft(key: string): ClassDraft {
  const [vendor = '', product = '', id = ''] = key.split('/');
  const logon = isLogon(id);
  return {
    offers: [...productOffers(vendor, product), FIREWALL],
    class_uid: logon ? 3002 : 4001,
    activity: logon ? (/log(?:out|off)/i.test(id) ? 'Logoff' : 'Logon') : 'Other',
    roles: ROLES,
    outcome,
  };
}

const classes = new ClassTable('leef', draft);

/** Whether a line or syslog body is LEEF 1.0 or 2.0. */
export function isLeef(body: string): boolean {
  return (
    body.startsWith('LEEF:1.0|') ||
    body.startsWith('LEEF:2.0|') ||
    body.startsWith('LEEF:1|') ||
    body.startsWith('LEEF:2|')
  );
}

/** One LEEF event (IBM, "Log Event Extended Format"); undefined where a header field is missing. */
export function decodeLeef(
  envelope: Envelope,
  text: string,
  place: Place,
  context: DecodeContext,
): LogEvent | undefined {
  const { body } = envelope;
  const fields = new Map<string, unknown>();
  let at = body.indexOf('|') + 1;
  for (const name of HEADER) {
    const end = body.indexOf('|', at);
    if (end < 0) return undefined;
    fields.set(name, body.slice(at, end));
    at = end + 1;
  }
  let delimiter = '\t';
  if (body.charCodeAt(5) === 50) {
    // 2.0 states its delimiter: itself, or in hex (`^`, `x5E`, `0x5E`); nothing means tab
    const end = body.indexOf('|', at);
    const stated = end >= 0 && end - at <= 6 ? delimiterOf(body.slice(at, end)) : undefined;
    if (stated !== undefined) {
      delimiter = stated;
      at = end + 1;
    }
  }
  for (const part of body.slice(at).split(delimiter, MAX_ATTRIBUTES)) {
    const equals = part.indexOf('=');
    if (equals <= 0) continue;
    const key = part.slice(0, equals).trim();
    if (!fields.has(key)) fields.set(key, part.slice(equals + 1));
  }
  const kind = classes.of(
    `${clean(fields.get('Vendor'))}/${clean(fields.get('Product'))}/${clean(fields.get('EventID'))}`,
  );
  const stamp = fields.get('devTime') ?? fields.get('deviceTime');
  const time = parseTime(stamp, context.zone, context.reference) ?? envelope.time;
  return new MapEvent(kind, time, place, text, fields, envelope);
}

function delimiterOf(stated: string): string | undefined {
  if (stated === '') return '\t';
  if (stated.length === 1) return stated;
  const hex = /^(?:0?x|\\x)([0-9a-fA-F]{1,4})$/.exec(stated);
  return hex === null ? undefined : String.fromCharCode(Number.parseInt(hex[1], 16));
}

function clean(value: unknown): string {
  return String(value ?? '')
    .replaceAll('/', ' ')
    .slice(0, 60);
}

export const leef = lineFormat({
  name: 'leef',
  title: 'Log Event Extended Format (LEEF)',
  starts: isLeef,
  decode: decodeLeef,
});
