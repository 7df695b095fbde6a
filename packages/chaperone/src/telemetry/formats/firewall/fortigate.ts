import type { EventAccess, Offer } from '@chaperone/sigma';
import type { LogEvent, Outcome, Place } from '../../event.ts';
import type { DecodeContext } from '../../format.ts';
import { fromEpoch, parseIso } from '../../time/index.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { MapEvent } from '../event/map-event.ts';
import type { Envelope } from '../syslog/envelope.ts';
import { scanPairs } from '../text/key-value.ts';
import { lineFormat } from '../text/line-format.ts';

const ROLES = roles({
  'src_endpoint.ip': 'source.ip',
  'src_endpoint.port': 'srcport',
  'src_endpoint.assigned_ip': ['tunnelip', 'assignip'],
  'src_endpoint.hostname': 'srcname',
  'dst_endpoint.ip': 'dstip',
  'dst_endpoint.port': 'dstport',
  'dst_endpoint.hostname': 'hostname.asked',
  'device.hostname': ['devname', 'host.name'],
  'auth.protocol': ['tunneltype', 'method', 'ui'],
  'actor.session.uid': ['tunnelid', 'sessionid'],
  'traffic.bytes_out': 'sentbyte',
  'traffic.bytes_in': 'rcvdbyte',
  'dns.query': 'qname',
  url: 'url',
  tool: 'app',
});
const SUBJECT = roles({ 'user.name': ['user', 'xauthuser', 'unauthuser'] });
const ACTOR = roles({ 'actor.user.name': 'user', 'user.name': 'config.user' });

const FIREWALL: Offer = {
  category: 'firewall',
  fields: { src_ip: 'srcip', dst_ip: 'dstip', src_port: 'srcport', dst_port: 'dstport' },
};
const PROXY: Offer = {
  category: 'proxy',
  fields: {
    'c-uri': 'url',
    'cs-uri': 'url',
    'c-useragent': 'agent',
    'cs-host': 'hostname',
    'cs-method': 'httpmethod',
    'cs-username': 'user',
    dst_ip: 'dstip',
  },
};
const DNS: Offer = { category: 'dns', fields: { query: 'qname', record_type: 'qtype', answer: 'ipaddr' } };

const FAILED = /fail|denied|deny|error|blocked|invalid|timeout|^no$/i;
const PASSED = /^(?:success|ok|accept|allowed|pass|passthrough|close|tunnel-up|ssl-new-con|permit)$/i;

function outcome(event: EventAccess): Outcome {
  for (const field of ['status', 'result', 'action']) {
    const said = event.get(field);
    if (typeof said !== 'string') continue;
    if (FAILED.test(said)) return 'failure';
    if (PASSED.test(said)) return 'success';
  }
  return 'unknown';
}

/** By `type/subtype/action`. */
function draft(key: string): ClassDraft {
  const [type = '', subtype = '', action = ''] = key.split('/');
  const product: Offer[] = [{ product: 'fortigate', service: type === '*' ? 'event' : type }];
  const about = (class_uid: number, activity: string, own = SUBJECT, ...offers: Offer[]): ClassDraft => ({
    offers: [...product, ...offers],
    class_uid,
    activity,
    roles: [...own, ...ROLES],
    outcome,
  });
  if (subtype === 'vpn') {
    if (action === 'tunnel-up') return about(4014, 'Open');
    if (action === 'tunnel-down') return about(4014, 'Close');
    if (action.includes('login')) return about(3002, 'Logon');
    return about(4014, 'Other');
  }
  if (type === 'traffic') return about(4001, 'Traffic', SUBJECT, FIREWALL);
  if (subtype === 'webfilter') return about(4002, 'Traffic', SUBJECT, PROXY);
  if (subtype === 'dns') return about(4003, 'Query', SUBJECT, DNS);
  if (action === 'login' || action === 'authentication' || action === 'auth-logon') return about(3002, 'Logon');
  if (action === 'logout' || action === 'auth-logout') return about(3002, 'Logoff');
  if (action === 'Add') return about(3001, 'Create', ACTOR);
  if (action === 'Edit') return about(3001, 'Update', ACTOR);
  if (action === 'Delete') return about(3001, 'Delete', ACTOR);
  return about(type === 'utm' ? 4001 : 0, 'Other');
}

const classes = new ClassTable('fortigate', draft);

/** Whether a line or syslog body starts as FortiOS writes it. */
export function isFortigate(body: string): boolean {
  const head = body.slice(0, 512);
  if (!head.startsWith('date=') && !head.startsWith('logver=') && !head.startsWith('timestamp=')) return false;
  return head.includes('devname=') || head.includes('devid=') || head.includes('logid=') || head.includes('log_id=');
}

/** One FortiOS log line: `date=... time=... devname=... type="event" subtype="vpn" ...`. */
export function decodeFortigate(
  envelope: Envelope,
  text: string,
  place: Place,
  context: DecodeContext,
): LogEvent | undefined {
  const fields = new Map<string, unknown>();
  scanPairs(envelope.body, 0, (key, value) => {
    // FortiOS writes these where there is no value
    if (value !== '(null)' && value !== 'N/A' && !fields.has(key)) fields.set(key, value);
  });
  const type = fields.get('type');
  if (type === undefined && !fields.has('logid')) return undefined;
  const kind = classes.of(`${type ?? ''}/${fields.get('subtype') ?? ''}/${fields.get('action') ?? ''}`);
  return new MapEvent(kind, timeOf(fields, context) ?? envelope.time, place, text, fields, envelope, derived);
}

/** `eventtime` (its unit by its length) before `date`, `time` and `tz`, which have seconds only. */
function timeOf(fields: ReadonlyMap<string, unknown>, context: DecodeContext): number | undefined {
  const precise = fields.get('eventtime');
  const time = typeof precise === 'string' ? fromEpoch(precise) : undefined;
  if (time !== undefined) return time;
  const date = fields.get('date');
  const clock = fields.get('time');
  if (typeof date !== 'string' || typeof clock !== 'string') return undefined;
  const zone = fields.get('tz');
  return parseIso(`${date}T${clock}${typeof zone === 'string' ? zone : ''}`, context.zone);
}

function derived(field: string, fields: ReadonlyMap<string, unknown>): unknown {
  switch (field) {
    case 'source.ip': {
      const address = fields.get('remip') ?? fields.get('srcip');
      if (address !== undefined) return address;
      // An administrator's address stands in `ui="https(203.0.113.9)"`
      const ui = fields.get('ui');
      return typeof ui === 'string' ? /\(([0-9a-fA-F:.]{3,45})\)/.exec(ui)?.[1] : undefined;
    }
    case 'hostname.asked':
      return fields.get('hostname');
    case 'config.user':
      return /^(?:system\.admin|user\.local)$/.test(String(fields.get('cfgpath'))) ? fields.get('cfgobj') : undefined;
    default:
      return undefined;
  }
}

/** A file of FortiOS lines, as its disk log or FortiAnalyzer export them. */
export const fortigate = lineFormat({
  name: 'fortigate',
  title: 'Fortinet FortiGate',
  starts: isFortigate,
  decode: decodeFortigate,
});
