import type { EventAccess, Offer } from '@chaperone/sigma';
import type { LogEvent, Outcome, Place } from '../../event.ts';
import type { DecodeContext } from '../../format.ts';
import { parseIso } from '../../time/index.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { MapEvent } from '../event/map-event.ts';
import type { Envelope } from '../syslog/envelope.ts';
import { lineFormat } from '../text/line-format.ts';
import { splitCsv } from '../text/split-csv.ts';
import { PALOALTO_FIELDS, PALOALTO_HEAD } from './paloalto-fields.ts';

const ROLES = roles({
  'user.name': ['srcuser', 'user', 'opaque.user'],
  'actor.user.name': 'admin',
  'src_endpoint.ip': ['source.ip'],
  'src_endpoint.port': 'sport',
  'src_endpoint.hostname': ['machinename', 'opaque.device'],
  'src_endpoint.assigned_ip': ['assigned.ip'],
  'dst_endpoint.ip': 'dst',
  'dst_endpoint.port': 'dport',
  'device.hostname': ['device_name', 'host.name', 'serial'],
  'auth.type': ['auth_method', 'opaque.auth'],
  'auth.protocol': 'tunnel_type',
  'traffic.bytes_out': 'bytes_sent',
  'traffic.bytes_in': 'bytes_received',
  'file.hashes': 'filedigest',
  url: 'threat.url',
  'process.cmd_line': 'cmd',
  tool: ['user_agent', 'app', 'client'],
});

const FIREWALL: Offer = {
  category: 'firewall',
  fields: { src_ip: 'src', dst_ip: 'dst', src_port: 'sport', dst_port: 'dport' },
};
const PROXY: Offer = {
  category: 'proxy',
  fields: { 'c-uri': 'misc', 'cs-uri': 'misc', 'c-useragent': 'user_agent', 'cs-method': 'http_method', dst_ip: 'dst' },
};

/** By `TYPE/subtype`, for SYSTEM and GLOBALPROTECT `TYPE/eventid`. */
function draft(key: string): ClassDraft {
  const [type, rest = ''] = key.split('/', 2);
  const product: Offer[] = [{ product: 'paloalto', service: (type === '*' ? 'system' : type).toLowerCase() }];
  const about = (class_uid: number, activity: string, ...offers: Offer[]): ClassDraft => ({
    offers: [...product, ...offers],
    class_uid,
    activity,
    roles: ROLES,
    outcome,
  });
  switch (type) {
    case 'TRAFFIC':
      return about(4001, rest === 'start' ? 'Open' : rest === 'end' ? 'Close' : 'Traffic', FIREWALL);
    case 'THREAT':
      return rest === 'url' ? about(4002, 'Traffic', PROXY) : about(2004, 'Create', FIREWALL);
    case 'CONFIG':
      return about(5019, 'Update');
    case 'USERID':
      return about(3002, rest === 'logout' ? 'Logoff' : 'Logon');
    default:
      return vpn(rest, about);
  }
}

/** GlobalProtect's events have a log type of their own since 9.1, and names with a prefix in SYSTEM before. */
function vpn(event: string, about: (class_uid: number, activity: string) => ClassDraft): ClassDraft {
  const gateway = event.replace(/^globalprotect/, '');
  if (/^gateway-?(?:connected|config-succ)/.test(gateway)) return about(4014, 'Open');
  if (/^gateway-?logout/.test(gateway)) return about(4014, 'Close');
  if (/auth|login|prelogin/.test(event)) return about(3002, /logout/.test(event) ? 'Logoff' : 'Logon');
  return about(/^(?:gateway|portal)/.test(gateway) ? 4014 : 0, 'Other');
}

function outcome(event: EventAccess): Outcome {
  const status = event.get('status') ?? event.get('result');
  if (typeof status === 'string' && status !== '') {
    if (/^(?:success|succeeded|submitted)$/i.test(status)) return 'success';
    if (/^(?:fail|unauthorized)/i.test(status)) return 'failure';
  }
  const action = event.get('action');
  if (typeof action === 'string' && action !== '') {
    if (action === 'allow' || action === 'alert') return 'success';
    return /^(?:deny|drop|reset|block)/.test(action) ? 'failure' : 'unknown';
  }
  const name = String(event.get('eventid') ?? '');
  if (/succ|connected$/.test(name)) return 'success';
  return /fail/.test(name) ||
    /^(?:failed authentication|authentication failed)/i.test(String(event.get('opaque') ?? ''))
    ? 'failure'
    : 'unknown';
}

const classes = new ClassTable('paloalto', draft);

/** `1,2026/07/28 11:28:00,0011,TRAFFIC,`: a future-use column, the receive time, the serial, the type in capitals. */
const START = /^[^,]{0,64},\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d,[^,]{0,64},[A-Z][A-Z-]{2,20},/;

/** Whether a line or syslog body starts as PAN-OS writes it. */
export function isPaloalto(body: string): boolean {
  return body.charCodeAt(1) === 44 && START.test(body.slice(0, 256));
}

/** One PAN-OS log line; columns that a version doesn't have yet are absent, ones that are newer are left aside. */
export function decodePaloalto(
  envelope: Envelope,
  text: string,
  place: Place,
  context: DecodeContext,
): LogEvent | undefined {
  if (!isPaloalto(envelope.body)) return undefined;
  const cells = splitCsv(envelope.body);
  const type = cells[3];
  const names = Object.hasOwn(PALOALTO_FIELDS, type) ? PALOALTO_FIELDS[type] : PALOALTO_HEAD;
  const fields = new Map<string, unknown>();
  const count = Math.min(names.length, cells.length);
  for (let at = 0; at < count; at += 1) if (names[at] !== '' && cells[at] !== '') fields.set(names[at], cells[at]);
  const kind = type === 'SYSTEM' || type === 'GLOBALPROTECT' ? fields.get('eventid') : fields.get('subtype');
  const time = timeOf(fields, context.zone) ?? envelope.time;
  return new MapEvent(classes.of(`${type}/${kind ?? ''}`), time, place, text, fields, envelope, derived);
}

function timeOf(fields: ReadonlyMap<string, unknown>, zone: string): number | undefined {
  for (const name of ['high_res_timestamp', 'time_generated', 'receive_time']) {
    const stamp = fields.get(name);
    const time = typeof stamp === 'string' ? parseIso(stamp, zone) : undefined;
    if (time !== undefined) return time;
  }
  return undefined;
}

function derived(field: string, fields: ReadonlyMap<string, unknown>): unknown {
  switch (field) {
    case 'source.ip':
      return (
        present(fields.get('src')) ??
        present(fields.get('public_ip')) ??
        present(fields.get('public_ipv6')) ??
        present(fields.get('ip')) ??
        present(fields.get('host')) ??
        opaque(fields, /(?:Login from: |From: |from )([0-9a-fA-F:.]{3,45}?)[.,]?(?:\s|$)/)
      );
    case 'assigned.ip':
      return present(fields.get('private_ip')) ?? opaque(fields, /Private IP: ([0-9a-fA-F:.]{3,45})/);
    case 'opaque.user':
      return (
        opaque(fields, /User name: ([^,]{1,255})/) ??
        opaque(fields, /for user '([^']{1,255})'/) ??
        opaque(fields, /^User ([^ ]{1,255}) logged/)
      );
    case 'opaque.device':
      return opaque(fields, /Device name: ([^,]{1,255})/);
    case 'opaque.auth':
      return opaque(fields, /Auth type: ([^,]{1,255})/);
    case 'threat.url':
      return fields.get('subtype') === 'url' ? fields.get('misc') : undefined;
    default:
      return undefined;
  }
}

/** PAN-OS writes an unspecified address for none. */
function present(value: unknown): unknown {
  return value === '0.0.0.0' || value === '::' ? undefined : value;
}

/** The description of a SYSTEM event is a sentence with the facts in it. */
function opaque(fields: ReadonlyMap<string, unknown>, form: RegExp): string | undefined {
  const text = fields.get('opaque');
  return typeof text === 'string' ? form.exec(text.slice(0, 2048))?.[1] : undefined;
}

/** A file of PAN-OS lines. */
export const paloalto = lineFormat({
  name: 'paloalto',
  title: 'Palo Alto Networks PAN-OS',
  starts: isPaloalto,
  decode: decodePaloalto,
});
