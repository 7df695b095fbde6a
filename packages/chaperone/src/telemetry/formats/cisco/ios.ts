import type { Offer } from '@chaperone/sigma';
import type { LogEvent, Place } from '../../event.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { Shape } from '../event/shape.ts';
import { ShapedEvent } from '../event/shaped-event.ts';
import type { Envelope } from '../syslog/envelope.ts';
import { type Message, MessageTable } from '../text/message-table.ts';

/** `%FACILITY-SUBFACILITY-SEVERITY-MNEMONIC: ` of IOS, IOS XE and NX-OS, perhaps after an uptime stamp. */
const HEAD = /^(?:[\w:.]{4,24}: )?%([A-Z][A-Z0-9_-]{1,60})-([0-7])-([A-Z][A-Z0-9_]{1,60}): ?/;

const ROLES = roles({
  'user.name': 'user',
  'actor.user.name': 'by',
  'src_endpoint.ip': 'src_ip',
  'dst_endpoint.port': 'dst_port',
  'process.cmd_line': 'command',
  'device.hostname': 'hostname',
  'auth.protocol': 'auth.protocol',
});

/** Facilities under which commands of users are logged: SigmaHQ's `aaa`. */
const COMMANDS = new Set(['AAA', 'AAAA', 'PARSER', 'TAC', 'TACACS', 'SHELL', 'HA_EM', 'SYS', 'SEC_LOGIN', 'SSH']);

function offersOf(facility: string): readonly Offer[] {
  const services = ['syslog'];
  if (COMMANDS.has(facility)) services.unshift('aaa');
  if (facility.startsWith('BGP') || facility === 'TCP' || facility === 'IP-TCP') services.unshift('bgp');
  if (facility.startsWith('LDP') || facility === 'TCP' || facility === 'IP-TCP') services.unshift('ldp');
  return services.map((service) => ({ product: 'cisco', service }));
}

const logon = { class_uid: 3002, activity: 'Logon' } as const;
const command = { class_uid: 1007, activity: 'Launch', outcome: 'success' } as const;

/** Messages by `FACILITY-MNEMONIC`. */
const KNOWN: Readonly<Record<string, Omit<Message, 'key'>>> = {
  'AAA-USER_LOGGED': { ...command, patterns: ['User {by+} executed: {command}'] },
  'PARSER-CFGLOG_LOGGEDCMD': {
    ...command,
    patterns: ['User:{by?}  logged command:{command}', 'User:{by?} logged command:{command}'],
  },
  'SEC_LOGIN-LOGIN_SUCCESS': {
    ...logon,
    outcome: 'success',
    patterns: ['Login Success [user: {user*}] [Source: {src_ip}] [localport: {dst_port}]'],
  },
  'SEC_LOGIN-LOGIN_FAILED': {
    ...logon,
    outcome: 'failure',
    patterns: ['Login failed [user: {user*}] [Source: {src_ip}] [localport: {dst_port}] [Reason: {reason}]'],
  },
  'SYS-LOGOUT': {
    class_uid: 3002,
    activity: 'Logoff',
    patterns: ['User {user+} has exited tty session {tty}({src_ip})'],
  },
  'SYS-CONFIG_I': {
    class_uid: 5019,
    activity: 'Update',
    outcome: 'success',
    patterns: ['Configured from {} by {by+} on {tty} ({src_ip})', 'Configured from {} by {tty} ({src_ip})'],
  },
  'SSH-SSH2_USERAUTH': {
    ...logon,
    constants: { 'auth.protocol': 'ssh' },
    patterns: ["User '{user*}' authentication for SSH2 Session from {src_ip} (tty = {tty}) {} {status}"],
  },
  'SSH-SSH2_SESSION': {
    class_uid: 4001,
    activity: 'Open',
    constants: { 'auth.protocol': 'ssh' },
    patterns: ['SSH2 Session request from {src_ip} (tty = {tty}) {status}'],
  },
};

const known = new Map(
  Object.entries(KNOWN).map(([key, message]) => [
    key,
    new MessageTable({ format: 'cisco-ios', offers: offersOf(key.slice(0, key.lastIndexOf('-'))), roles: ROLES }, [
      { key, ...message },
    ]),
  ]),
);

const others = new ClassTable(
  'cisco-ios',
  (key): ClassDraft => ({ offers: offersOf(key.slice(0, key.lastIndexOf('-'))), roles: ROLES }),
);
const other = new Shape(['text', 'facility_name', 'level', 'mnemonic']);

/** One message of a Cisco switch or router; undefined where the body has no `%FACILITY-SEVERITY-MNEMONIC`. */
export function decodeIos(envelope: Envelope, text: string, place: Place): LogEvent | undefined {
  const { body } = envelope;
  const head = HEAD.exec(body);
  if (head === null) return undefined;
  const key = `${head[1]}-${head[3]}`;
  const found = known.get(key)?.decode(body, head[0].length, envelope.time, place, text, envelope);
  if (found !== undefined) return found;
  const values = [body.slice(head[0].length), head[1], head[2], head[3]];
  return new ShapedEvent(others.of(key), envelope.time, place, text, other, values, envelope);
}
