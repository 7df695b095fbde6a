import type { LogEvent, Place, Unread } from '../../event.ts';
import type { DecodeContext } from '../../format.ts';
import { accounts } from '../linux/accounts.ts';
import { cron } from '../linux/cron.ts';
import { logind } from '../linux/logind.ts';
import { decodePam } from '../linux/pam.ts';
import { decodeSshd } from '../linux/sshd.ts';
import { su } from '../linux/su.ts';
import { decodeSudo } from '../linux/sudo.ts';
import { decodeDnsServer } from '../network/dns-servers.ts';
import type { MessageTable } from '../text/message-table.ts';
import { decodeOpenvpn } from '../vpn/openvpn.ts';
import type { Envelope } from './envelope.ts';

/** Reads one message out of its envelope; undefined: not one of its messages, try the next. */
export type BodyDecoder = (
  envelope: Envelope,
  text: string,
  place: Place,
  context: DecodeContext,
) => LogEvent | Unread | undefined;

const table =
  (messages: MessageTable): BodyDecoder =>
  (envelope, text, place) =>
    messages.decode(envelope.body, 0, envelope.time, place, text, envelope);

/** Programs of which a host may run several, each with a name of its own: `openvpn-server`, `ovpn-office`. */
export function byPrefix(program: string): BodyDecoder | undefined {
  return program.startsWith('openvpn') || program.startsWith('ovpn') ? decodeOpenvpn : undefined;
}

/** Decoders by the program that wrote the message. */
export const programs: ReadonlyMap<string, readonly BodyDecoder[]> = new Map<string, readonly BodyDecoder[]>([
  ['sshd', [decodeSshd, decodePam]],
  ['sshd-session', [decodeSshd, decodePam]],
  ['sshd-auth', [decodeSshd, decodePam]],
  ['sudo', [decodeSudo, decodePam]],
  ['su', [table(su), decodePam]],
  ...['cron', 'CRON', 'crond', 'CROND', 'crontab'].map((name) => [name, [table(cron), decodePam]] as const),
  ['named', [decodeDnsServer]],
  ['dnsmasq', [decodeDnsServer]],
  ['systemd-logind', [table(logind), decodePam]],
  ...[
    'useradd',
    'userdel',
    'usermod',
    'groupadd',
    'groupdel',
    'groupmod',
    'gpasswd',
    'passwd',
    'chpasswd',
    'chage',
  ].map((name) => [name, [table(accounts), decodePam]] as const),
]);
