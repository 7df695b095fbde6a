import type { LogEvent, Place } from '../../event.ts';
import type { Envelope } from '../syslog/envelope.ts';
import { MessageTable } from '../text/message-table.ts';
import { LINUX_ROLES, linuxOffers } from './offers.ts';

const LOGON = { class_uid: 3002, activity: 'Logon' } as const;
const FAILED = { ...LOGON, outcome: 'failure' } as const;
const NETWORK = { class_uid: 4001 } as const;

/**
 * OpenSSH's server, by the messages in its sources (auth.c, auth2.c, sshd.c, packet.c, session.c) from 5 to 10. Users are
 * chosen by whoever connects, so they reach to the last ` from `.
 */
const messages = new MessageTable(
  { format: 'sshd', offers: linuxOffers('sshd', true), roles: LINUX_ROLES, constants: { 'auth.protocol': 'ssh' } },
  [
    {
      key: 'accepted',
      ...LOGON,
      outcome: 'success',
      patterns: [
        'Accepted {method} for {user+} from {src_ip} port {src_port} ssh2: {key}',
        'Accepted {method} for {user+} from {src_ip} port {src_port} ssh2',
      ],
    },
    {
      key: 'failed-invalid-user',
      ...FAILED,
      patterns: ['Failed {method} for invalid user {user*} from {src_ip} port {src_port} ssh2'],
    },
    { key: 'failed', ...FAILED, patterns: ['Failed {method} for {user*} from {src_ip} port {src_port} ssh2'] },
    {
      key: 'invalid-user',
      ...FAILED,
      patterns: [
        'Invalid user {user*} from {src_ip} port {src_port}',
        'Invalid user {user*} from {src_ip}',
        'input_userauth_request: invalid user {user*}',
      ],
    },
    {
      key: 'attempts-exceeded',
      ...FAILED,
      patterns: [
        'error: maximum authentication attempts exceeded for invalid user {user*} from {src_ip} port {src_port} ssh2',
        'error: maximum authentication attempts exceeded for {user*} from {src_ip} port {src_port} ssh2',
        'Disconnecting: Too many authentication failures for {user*}',
        'Disconnecting invalid user {user*} {src_ip} port {src_port}: {reason}',
        'Disconnecting authenticating user {user*} {src_ip} port {src_port}: {reason}',
      ],
    },
    {
      key: 'not-allowed',
      ...FAILED,
      patterns: [
        'User {user*} from {src_ip} not allowed because {reason}',
        'Authentication tried for {user+} with correct key but not from a permitted host (host={src_host}, ip={src_ip}).',
        'error: PAM: {reason} for illegal user {user*} from {src_ip}',
        'error: PAM: {reason} for {user*} from {src_ip}',
      ],
    },
    {
      key: 'disconnected-user',
      class_uid: 3002,
      activity: 'Logoff',
      patterns: ['Disconnected from user {user+} {src_ip} port {src_port}'],
    },
    {
      key: 'disconnected',
      ...NETWORK,
      activity: 'Close',
      patterns: [
        'Disconnected from invalid user {user*} {src_ip} port {src_port}',
        'Disconnected from authenticating user {user*} {src_ip} port {src_port}',
        'Disconnected from {src_ip} port {src_port}',
        'Disconnected from {src_ip}',
        'Received disconnect from {src_ip} port {src_port}:{code}: {reason?}',
        'Received disconnect from {src_ip}: {code}: {reason?}',
        'error: Received disconnect from {src_ip} port {src_port}:{code}: {reason?}',
        'error: Received disconnect from {src_ip}: {code}: {reason?}',
        'Connection closed by invalid user {user*} {src_ip} port {src_port}',
        'Connection closed by authenticating user {user*} {src_ip} port {src_port}',
        'Connection closed by {src_ip} port {src_port}',
        'Connection closed by {src_ip}',
        'Connection reset by invalid user {user*} {src_ip} port {src_port}',
        'Connection reset by authenticating user {user*} {src_ip} port {src_port}',
        'Connection reset by {src_ip} port {src_port}',
        'Timeout before authentication for connection from {src_ip} to {dst_ip}, pid = {peer_pid}',
        'Close session: user {user+} from {src_ip} port {src_port} id {channel}',
      ],
    },
    {
      key: 'connection',
      ...NETWORK,
      activity: 'Open',
      patterns: [
        'Connection from {src_ip} port {src_port} on {dst_ip} port {dst_port}',
        'Connection from {src_ip} port {src_port}',
      ],
    },
    {
      key: 'session',
      class_uid: 3002,
      activity: 'Session',
      patterns: [
        'Starting session: {kind} on {tty} for {user+} from {src_ip} port {src_port} id {channel}',
        'Starting session: {kind} for {user+} from {src_ip} port {src_port} id {channel}',
        'subsystem request for {kind} by user {user}',
        'subsystem request for {kind}',
        'User child is on pid {child_pid}',
      ],
    },
    {
      key: 'probe',
      ...NETWORK,
      activity: 'Open',
      outcome: 'failure',
      patterns: [
        'Did not receive identification string from {src_ip} port {src_port}',
        'Did not receive identification string from {src_ip}',
        "Bad protocol version identification '{banner*}' from {src_ip} port {src_port}",
        'banner exchange: Connection from {src_ip} port {src_port}: {reason}',
        'Unable to negotiate with {src_ip} port {src_port}: {reason}',
        'reverse mapping checking getaddrinfo for {src_host+} [{src_ip}] failed',
        'Address {src_ip} maps to {src_host}, but this does not map back',
      ],
    },
    {
      key: 'postponed',
      ...LOGON,
      patterns: ['Postponed {method} for {user*} from {src_ip} port {src_port} ssh2'],
    },
    { key: 'error', patterns: ['error: {reason}', 'fatal: {reason}'] },
    {
      key: 'listening',
      activity: 'Start',
      patterns: ['Server listening on {dst_ip} port {dst_port}.'],
    },
  ],
);

const PREAUTH = ' [preauth]';

/** One message of sshd; the mark of its unprivileged child at the end belongs to none of the parts. */
export function decodeSshd(envelope: Envelope, text: string, place: Place): LogEvent | undefined {
  const { body } = envelope;
  const message = body.endsWith(PREAUTH) ? body.slice(0, -PREAUTH.length) : body;
  return messages.decode(message, 0, envelope.time, place, text, envelope);
}
