import type { LogEvent, Place } from '../../event.ts';
import type { DecodeContext } from '../../format.ts';
import { parseIso, parseVendorTime } from '../../time/index.ts';
import { ClassTable, roles } from '../event/class-table.ts';
import { Shape } from '../event/shape.ts';
import { ShapedEvent } from '../event/shaped-event.ts';
import type { Envelope } from '../syslog/envelope.ts';
import { lineFormat } from '../text/line-format.ts';
import { MessageTable } from '../text/message-table.ts';

const OFFERS = [
  { product: 'openvpn', service: 'openvpn' },
  { product: 'linux', service: 'openvpn' },
] as const;
const ROLES = roles({
  'user.name': ['user', 'client.name'],
  'src_endpoint.ip': ['src_ip', 'client.ip'],
  'src_endpoint.port': ['src_port', 'client.port'],
  'src_endpoint.assigned_ip': 'assigned_ip',
  'device.hostname': 'hostname',
  'auth.type': 'method',
  'auth.protocol': 'auth.protocol',
  'certificate.serial': 'serial',
  tool: ['client_version', 'tool'],
});
const constants = { 'auth.protocol': 'openvpn', tool: 'OpenVPN' };
const open = { class_uid: 4014, activity: 'Open', outcome: 'success' } as const;
const close = { class_uid: 4014, activity: 'Close' } as const;
const logon = { class_uid: 3002, activity: 'Logon' } as const;

/** OpenVPN's server, 2.3 to 2.6, by the messages in its sources (multi.c, ssl.c, ssl_verify.c, push.c). */
const messages = new MessageTable({ format: 'openvpn', offers: OFFERS, roles: ROLES, constants }, [
  {
    key: 'peer-connected',
    ...open,
    patterns: [
      '[{user+}] Peer Connection Initiated with [AF_INET]{src_ip}:{src_port}',
      '[{user+}] Peer Connection Initiated with [AF_INET6]{src_ip}',
      '[{user+}] Peer Connection Initiated with {src_ip}:{src_port}',
    ],
  },
  {
    key: 'address-assigned',
    ...open,
    patterns: [
      'MULTI_sva: pool returned IPv4={assigned_ip}, IPv6={assigned_ip6}',
      'MULTI: Learn: {assigned_ip} -> {user+}/{src_ip}:{src_port}',
      'MULTI: primary virtual IP for {user+}/{src_ip}:{src_port}: {assigned_ip}',
      'MULTI: primary virtual IPv6 for {user+}/{src_ip}:{src_port}: {assigned_ip}',
    ],
  },
  {
    key: 'push',
    class_uid: 4014,
    activity: 'Other',
    patterns: ["SENT CONTROL [{user+}]: '{options+}' (status={status})", "SENT CONTROL [{user+}]: '{options}"],
  },
  {
    key: 'authenticated',
    ...logon,
    outcome: 'success',
    patterns: ["TLS: Username/Password authentication succeeded for username '{user+}'"],
  },
  {
    key: 'authentication-failed',
    ...logon,
    outcome: 'failure',
    patterns: [
      'TLS Auth Error: {reason}',
      'AUTH: Received control message: AUTH_FAILED{reason?}',
      'PLUGIN_CALL: POST {plugin}/PLUGIN_AUTH_USER_PASS_VERIFY status=1',
      'WARNING: Failed running command (--auth-user-pass-verify): {reason}',
    ],
  },
  { key: 'certificate-verified', ...logon, patterns: ['VERIFY OK: depth=0, {subject}'] },
  { key: 'certificate-chain', class_uid: 4014, patterns: ['VERIFY OK: depth={depth}, {subject}'] },
  {
    key: 'certificate-refused',
    ...logon,
    outcome: 'failure',
    patterns: ['VERIFY ERROR: depth={depth}, error={reason}', 'VERIFY SCRIPT ERROR: {reason}'],
  },
  { key: 'tls-error', class_uid: 4014, outcome: 'failure', patterns: ['TLS_ERROR: {reason}', 'TLS Error: {reason}'] },
  {
    key: 'disconnected',
    ...close,
    patterns: [
      'SIGTERM[{signal}] received, client-instance exiting',
      'SIGUSR1[{signal}] received, client-instance restarting',
      'Connection reset, restarting [{code}]',
      '[{user+}] Inactivity timeout (--ping-restart), restarting',
      '[{user+}] Inactivity timeout (--ping-exit), exiting',
    ],
  },
  {
    key: 'peer-info',
    class_uid: 4014,
    activity: 'Other',
    patterns: ['peer info: IV_GUI_VER={client_version}', 'peer info: {name}={value?}'],
  },
  {
    key: 'connecting',
    class_uid: 4001,
    activity: 'Open',
    patterns: [
      'TLS: Initial packet from [AF_INET]{src_ip}:{src_port}, sid={sid}',
      'TCP connection established with [AF_INET]{src_ip}:{src_port}',
    ],
  },
]);
const others = new ClassTable('openvpn', () => ({ offers: OFFERS, roles: ROLES }));
const other = new Shape([], {}, constants);

/** `bob/203.0.113.9:51515 ` or `203.0.113.9:51515 `: which client a line is about. */
const CLIENT =
  /^(?:([^\s/]{1,128})\/)?(?:\[AF_INET6?\])?(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|[0-9a-fA-F:]{2,39}):(\d{1,5}) /;

/** One message of an OpenVPN server, its stamp already taken off. */
export function decodeOpenvpn(envelope: Envelope, text: string, place: Place): LogEvent {
  const { body } = envelope;
  const client = CLIENT.exec(body.slice(0, 256));
  let at = 0;
  if (client !== null) {
    at = client[0].length;
    envelope.extra = new Map([
      ...(client[1] === undefined ? [] : [['client.name', client[1]] as const]),
      ['client.ip', client[2]],
      ['client.port', client[3]],
    ]);
  }
  return (
    messages.decode(body, at, envelope.time, place, text, envelope) ??
    new ShapedEvent(others.of('other'), envelope.time, place, text, other, [], envelope)
  );
}

const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4} /;
const ISO = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /;
const TELLING =
  /^(?:us=\d{1,6} )?(?:OpenVPN \d|(?:\S{1,128}\/)?\d{1,3}(?:\.\d{1,3}){3}:\d{1,5} |MULTI|TLS[: ]|VERIFY |SENT CONTROL|\[\S{1,128}\] (?:Peer|Inact)|TUN\/TAP|TCP(?:v4|v6)?[ _]|UDPv[46]|Initialization Sequence|IFCONFIG POOL|Diffie-Hellman|library versions: OpenSSL)/;

/** The stamp that OpenVPN itself writes to its log file: asctime before 2.5, ISO since. */
function stampEnd(text: string): number {
  return ASCTIME.test(text) ? 25 : ISO.test(text) ? 20 : 0;
}

export const openvpn = lineFormat({
  name: 'openvpn',
  title: 'OpenVPN server log',
  starts(text) {
    const end = stampEnd(text);
    return end > 0 && TELLING.test(text.slice(end, end + 300));
  },
  decode(envelope: Envelope, text: string, place: Place, context: DecodeContext) {
    const end = stampEnd(text);
    if (end === 0) return undefined;
    const stamp = text.slice(0, end - 1);
    envelope.time =
      end === 25 ? parseVendorTime(stamp.replace('  ', ' '), context.zone) : parseIso(stamp, context.zone);
    const micros = /^us=(\d{1,6}) /.exec(text.slice(end, end + 12));
    if (micros !== null && envelope.time !== undefined) envelope.time += Number(micros[1]);
    envelope.body = text.slice(end + (micros?.[0].length ?? 0));
    return decodeOpenvpn(envelope, text, place);
  },
});
