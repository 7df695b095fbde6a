import type { EventClass, Place } from '../../event.ts';
import { type ClassDraft, eventClass } from '../event/class-table.ts';
import { MapEvent } from '../event/map-event.ts';
import type { Envelope } from '../syslog/envelope.ts';
import { scanPairs } from '../text/key-value.ts';
import { type Message, MessageTable } from '../text/message-table.ts';
import { LINUX_ROLES, linuxOffers } from './offers.ts';

/** How PAM's modules write whatever program they run in: `pam_unix(sshd:session): session opened for user root by (uid=0)`. */
const MESSAGES: readonly Message[] = [
  {
    key: 'session-opened',
    class_uid: 3002,
    activity: 'Logon',
    outcome: 'success',
    patterns: [
      'pam_{module}({service}:session): session opened for user {user}(uid={uid}) by {by?}(uid={by_uid})',
      'pam_{module}({service}:session): session opened for user {user+} by {by?}(uid={by_uid})',
    ],
  },
  {
    key: 'session-closed',
    class_uid: 3002,
    activity: 'Logoff',
    patterns: ['pam_{module}({service}:session): session closed for user {user}'],
  },
  {
    key: 'password-changed',
    class_uid: 3001,
    activity: 'Password Change',
    outcome: 'success',
    patterns: ['pam_{module}({service}:chauthtok): password changed for {user}'],
  },
  {
    key: 'account-locked',
    class_uid: 3001,
    activity: 'Lock',
    patterns: [
      'pam_{module}({service}:auth): user {user} ({uid}) has time limit',
      'pam_{module}({service}:auth): Consecutive login failures for user {user} account temporarily locked',
    ],
  },
  {
    key: 'account-denied',
    class_uid: 3002,
    activity: 'Logon',
    outcome: 'failure',
    patterns: ['pam_{module}({service}:account): account {user} has {reason}'],
  },
  // Says only that the name is unknown; the failure itself follows as a message of its own
  { key: 'check-pass', class_uid: 3002, patterns: ['pam_{module}({service}:auth): check pass; user {reason}'] },
];

const FAILURE: ClassDraft = {
  offers: [],
  class_uid: 3002,
  activity: 'Logon',
  outcome: 'failure',
  roles: [
    { field: 'user', as: 'user.name' },
    { field: 'ruser', as: 'actor.user.name' },
    { field: 'src_ip', as: 'src_endpoint.ip' },
    { field: 'rhost', as: 'src_endpoint.hostname' },
    { field: 'hostname', as: 'device.hostname' },
    { field: 'service', as: 'auth.protocol' },
  ],
};

/** The messages as one program's: rules for its log source see them too. */
function pamOf(program: string): { table: MessageTable; failed: EventClass } {
  const format = program === '' ? 'pam' : `pam-${program}`;
  const offers = linuxOffers(program === '' ? 'auth' : program, true);
  return {
    table: new MessageTable({ format, offers, roles: LINUX_ROLES }, MESSAGES),
    failed: eventClass(format, 'authentication-failure', { ...FAILURE, offers }),
  };
}

const common = pamOf('');
const byProgram = new Map(['sshd', 'sudo', 'su', 'cron', 'login', 'vsftpd'].map((name) => [name, pamOf(name)]));

/** A message of a PAM module, in whatever program's name it stands; undefined for one that isn't known. */
export function decodePam(
  envelope: Envelope,
  text: string,
  place: Place,
): MapEvent | ReturnType<MessageTable['decode']> {
  const { body } = envelope;
  const { table, failed } = byProgram.get(envelope.program ?? '') ?? common;
  const failure = body.indexOf(': authentication failure; ');
  if (failure > 0 || body.includes(' more authentication failure')) {
    const fields = new Map<string, unknown>();
    const open = body.indexOf('(');
    const colon = body.indexOf(':', open);
    if (open > 0 && colon > open && failure > colon) fields.set('service', body.slice(open + 1, colon));
    scanPairs(body, body.indexOf(';') + 1, (key, value) => fields.set(key, value));
    // rhost is a name or an address; only an address may stand for one
    const rhost = fields.get('rhost');
    if (typeof rhost === 'string' && /^[0-9a-fA-F:.]{3,45}$/.test(rhost)) fields.set('src_ip', rhost);
    return new MapEvent(failed, envelope.time, place, text, fields, envelope);
  }
  return table.decode(body, 0, envelope.time, place, text, envelope);
}
