import type { Message } from '../text/message-table.ts';

type Entry = Omit<Message, 'key'>;

const AAA = [{ product: 'cisco', service: 'aaa' }] as const;
const ASA = [{ product: 'cisco', service: 'asa' }] as const;
const FIREWALL = [{ product: 'cisco', service: 'asa' }, { category: 'firewall' }] as const;

const open = { class_uid: 4014, activity: 'Open', outcome: 'success' } as const;
const close = { class_uid: 4014, activity: 'Close' } as const;
const vpn = { 'auth.protocol': 'anyconnect', tool: 'Cisco AnyConnect' } as const;
const denied = {
  offers: FIREWALL,
  class_uid: 4001,
  activity: 'Refuse',
  outcome: 'failure',
  constants: { action: 'deny', blocked: 'true' },
} as const;
const built = {
  offers: FIREWALL,
  class_uid: 4001,
  activity: 'Open',
  outcome: 'success',
  constants: { action: 'accept', blocked: 'false' },
} as const;
const logon = { class_uid: 3002, activity: 'Logon' } as const;
const command = {
  offers: [...AAA, ...ASA],
  class_uid: 1007,
  activity: 'Launch',
  outcome: 'success',
  roles: [{ field: 'command', as: 'process.cmd_line' }],
} as const;

const connection = (protocol: string): readonly string[] => [
  `Built inbound ${protocol} connection {conn} for {src_if}:{src_ip}/{src_port} {} to {dst_if}:{dst_ip}/{dst_port} {rest}`,
  `Built outbound ${protocol} connection {conn} for {dst_if}:{dst_ip}/{dst_port} {} to {src_if}:{src_ip}/{src_port} {rest}`,
  `Built inbound ${protocol} connection {conn} for {src_if}:{src_ip}/{src_port} to {dst_if}:{dst_ip}/{dst_port}`,
  `Built outbound ${protocol} connection {conn} for {dst_if}:{dst_ip}/{dst_port} to {src_if}:{src_ip}/{src_port}`,
];
/** A teardown doesn't say who opened the connection, so its ends are no source and destination. */
const teardown = (protocol: string): readonly string[] => [
  `Teardown ${protocol} connection {conn} for {a_if}:{a_ip}/{a_port} to {b_if}:{b_ip}/{b_port} duration {duration} bytes {bytes} {reason}`,
  `Teardown ${protocol} connection {conn} for {a_if}:{a_ip}/{a_port} to {b_if}:{b_ip}/{b_port} duration {duration} bytes {bytes}`,
];
const ended = { offers: FIREWALL, class_uid: 4001, activity: 'Close', constants: { action: 'close' } } as const;

/** "Group <g> User <u> IP <ip> " with which AnyConnect's messages begin. */
const peer = 'Group <{group}> User <{user+}> IP <{src_ip}> ';

/**
 * Cisco ASA (and FTD) messages by number: what tells of sign-ins, VPN sessions, commands, accounts and refused or built
 * connections. Texts after "Cisco Secure Firewall ASA Series Syslog Messages".
 */
export const ASA_MESSAGES: Readonly<Record<string, Entry>> = {
  106001: {
    ...denied,
    patterns: [
      'Inbound {protocol} connection denied from {src_ip}/{src_port} to {dst_ip}/{dst_port} flags {flags} on interface {src_if}',
    ],
  },
  106006: {
    ...denied,
    patterns: ['Deny inbound {protocol} from {src_ip}/{src_port} to {dst_ip}/{dst_port} on interface {src_if}'],
  },
  106010: {
    ...denied,
    patterns: [
      'Deny inbound {protocol} src {src_if}:{src_ip}/{src_port} dst {dst_if}:{dst_ip}/{dst_port}',
      'Deny inbound {protocol} src {src_if}:{src_ip} dst {dst_if}:{dst_ip}',
    ],
  },
  106014: { ...denied, patterns: ['Deny inbound {protocol} src {src_if}:{src_ip} dst {dst_if}:{dst_ip} ({detail})'] },
  106015: {
    ...denied,
    patterns: [
      'Deny {protocol} (no connection) from {src_ip}/{src_port} to {dst_ip}/{dst_port} flags {flags} on interface {src_if}',
    ],
  },
  106021: {
    ...denied,
    patterns: ['Deny {protocol} reverse path check from {src_ip} to {dst_ip} on interface {src_if}'],
  },
  106023: {
    ...denied,
    patterns: [
      'Deny tcp src {src_if}:{src_ip}/{src_port} dst {dst_if}:{dst_ip}/{dst_port} by access-group "{acl}"',
      'Deny udp src {src_if}:{src_ip}/{src_port} dst {dst_if}:{dst_ip}/{dst_port} by access-group "{acl}"',
      'Deny {protocol} src {src_if}:{src_ip} dst {dst_if}:{dst_ip} ({detail}) by access-group "{acl}"',
      'Deny {protocol} src {src_if}:{src_ip} dst {dst_if}:{dst_ip} by access-group "{acl}"',
    ],
  },
  106100: {
    offers: FIREWALL,
    class_uid: 4001,
    activity: 'Open',
    patterns: [
      'access-list {acl} {action} {protocol} {src_if}/{src_ip}({src_port}){} -> {dst_if}/{dst_ip}({dst_port}){rest}',
    ],
  },
  109005: {
    ...logon,
    outcome: 'success',
    patterns: [
      'Authentication succeeded for user {user+} from {src_ip}/{src_port} to {dst_ip}/{dst_port} on interface {src_if}',
    ],
  },
  109006: {
    ...logon,
    outcome: 'failure',
    patterns: [
      'Authentication failed for user {user+} from {src_ip}/{src_port} to {dst_ip}/{dst_port} on interface {src_if}',
    ],
  },
  109201: {
    ...open,
    constants: vpn,
    patterns: ['UAUTH: Session={session}, User={user+}, Assigned IP={assigned_ip}, {status}'],
  },
  111001: { class_uid: 5019, activity: 'Update', patterns: ['Begin configuration: {src_ip} writing to {target}'] },
  111008: { ...command, patterns: ["User '{user}' executed the '{command+}' command"] },
  111009: { ...command, patterns: ["User '{user}' executed cmd: {command}"] },
  111010: { ...command, patterns: ["User '{user}', running '{application}' from IP {src_ip}, executed '{command+}'"] },
  113004: {
    ...logon,
    outcome: 'success',
    patterns: [
      'AAA user {method} Successful : server = {server} : user = {user}',
      'AAA user {method} Successful: server = {server}: user = {user}',
    ],
  },
  113005: {
    ...logon,
    outcome: 'failure',
    patterns: [
      'AAA user {method} Rejected : reason = {reason} : server = {server} : user = {user} : user IP = {src_ip}',
      'AAA user {method} Rejected : reason = {reason} : server = {server} : user = {user}',
      'AAA user {method} Rejected: reason = {reason}: server = {server}: user = {user}: user IP = {src_ip}',
    ],
  },
  113006: {
    class_uid: 3001,
    activity: 'Lock',
    patterns: ['User {user} locked out on exceeding {count} successive failed authentication attempts'],
  },
  113008: {
    ...logon,
    outcome: 'success',
    patterns: ['AAA transaction status ACCEPT : user = {user}', 'AAA transaction status ACCEPT: user = {user}'],
  },
  113012: {
    ...logon,
    outcome: 'success',
    patterns: [
      'AAA user {method} Successful : local database : user = {user}',
      'AAA user {method} Successful: local database: user = {user}',
    ],
  },
  113015: {
    ...logon,
    outcome: 'failure',
    patterns: [
      'AAA user {method} Rejected : reason = {reason} : local database : user = {user} : user IP = {src_ip}',
      'AAA user {method} Rejected : reason = {reason} : local database : user = {user}',
      'AAA user {method} Rejected: reason = {reason}: local database: user = {user}: user IP = {src_ip}',
    ],
  },
  113019: {
    ...close,
    constants: vpn,
    patterns: [
      'Group = {group}, Username = {user+}, IP = {src_ip}, Session disconnected. Session Type: {session_type}, Duration: {duration}, Bytes xmt: {bytes_xmt}, Bytes rcv: {bytes_rcv}, Reason: {reason}',
    ],
  },
  113021: {
    ...logon,
    outcome: 'failure',
    patterns: ['Attempted console login failed. User {user} did NOT have appropriate Admin Rights'],
  },
  113039: { ...open, constants: vpn, patterns: [`${peer}AnyConnect parent session started`] },
  302013: { ...built, patterns: connection('TCP') },
  302014: { ...ended, patterns: teardown('TCP') },
  302015: { ...built, patterns: connection('UDP') },
  302016: { ...ended, patterns: teardown('UDP') },
  302020: {
    ...built,
    patterns: [
      'Built inbound ICMP connection for faddr {src_ip}/{src_port} gaddr {} laddr {dst_ip}/{dst_port}',
      'Built outbound ICMP connection for faddr {dst_ip}/{dst_port} gaddr {} laddr {src_ip}/{src_port}',
    ],
  },
  315011: {
    class_uid: 3002,
    activity: 'Logoff',
    constants: { 'auth.protocol': 'ssh' },
    patterns: [
      'SSH session from {src_ip} on interface {src_if} for user "{user+}" {status}',
      'SSH session from {src_ip} on interface {src_if} for user {user+} disconnected by {status}',
    ],
  },
  502101: {
    class_uid: 3001,
    activity: 'Create',
    outcome: 'success',
    patterns: [
      'New user added to local dbase: Uname: {user} Priv: {privilege} Encpass: {}',
      'New user added to local dbase: Uname: {user} Priv: {privilege}',
    ],
  },
  502102: {
    class_uid: 3001,
    activity: 'Delete',
    outcome: 'success',
    patterns: [
      'User deleted from local dbase: Uname: {user} Priv: {privilege} Encpass: {}',
      'User deleted from local dbase: Uname: {user} Priv: {privilege}',
    ],
  },
  502103: {
    class_uid: 3001,
    activity: 'Attach Policy',
    outcome: 'success',
    patterns: ['User priv level changed: Uname: {user} From: {before} To: {after}'],
  },
  605004: {
    ...logon,
    outcome: 'failure',
    patterns: ['Login denied from {src_ip}/{src_port} to {dst_if}:{dst_ip}/{service} for user "{user*}"'],
  },
  605005: {
    ...logon,
    outcome: 'success',
    patterns: ['Login permitted from {src_ip}/{src_port} to {dst_if}:{dst_ip}/{service} for user "{user*}"'],
  },
  611101: {
    ...logon,
    outcome: 'success',
    patterns: [
      'User authentication succeeded: IP address: {src_ip}, Uname: {user}',
      'User authentication succeeded: Uname: {user}',
    ],
  },
  611102: {
    ...logon,
    outcome: 'failure',
    patterns: [
      'User authentication failed: IP address: {src_ip}, Uname: {user}',
      'User authentication failed: Uname: {user}',
    ],
  },
  611103: { class_uid: 3002, activity: 'Logoff', patterns: ['User logged out: Uname: {user}'] },
  713119: {
    ...open,
    constants: { 'auth.protocol': 'ikev1' },
    patterns: [
      'Group = {group}, Username = {user+}, IP = {src_ip}, PHASE 1 COMPLETED',
      'Group = {group}, IP = {src_ip}, PHASE 1 COMPLETED',
    ],
  },
  713228: {
    ...open,
    constants: { 'auth.protocol': 'ikev1' },
    patterns: [
      'Group = {group}, Username = {user+}, IP = {src_ip}, Assigned private IP address {assigned_ip} to remote user',
    ],
  },
  713259: {
    ...close,
    constants: { 'auth.protocol': 'ikev1' },
    patterns: [
      'Group = {group}, Username = {user+}, IP = {src_ip}, Session is being torn down. Reason: {reason}',
      'Group = {group}, IP = {src_ip}, Session is being torn down. Reason: {reason}',
    ],
  },
  716001: { ...open, constants: { 'auth.protocol': 'webvpn' }, patterns: [`${peer}WebVPN session started`] },
  716002: {
    ...close,
    constants: { 'auth.protocol': 'webvpn' },
    patterns: [`${peer}WebVPN session terminated: {reason}`],
  },
  716038: {
    ...logon,
    outcome: 'success',
    constants: vpn,
    patterns: [`${peer}Authentication: successful, Session Type: {session_type}`],
  },
  716039: {
    ...logon,
    outcome: 'failure',
    constants: vpn,
    patterns: [`${peer}Authentication: rejected, Session Type: {session_type}`],
  },
  716058: {
    class_uid: 4014,
    activity: 'Suspend',
    constants: vpn,
    patterns: [`${peer}AnyConnect session lost connection. Waiting to resume`],
  },
  716059: {
    class_uid: 4014,
    activity: 'Renew',
    constants: vpn,
    patterns: [
      `${peer}AnyConnect session resumed connection from IP <{resumed_ip}>`,
      `${peer}AnyConnect session resumed`,
    ],
  },
  722022: { ...open, constants: vpn, patterns: [`${peer}{transport} SVC connection established {compression}`] },
  /** one tunnel of a session ended; 113019 or 716002 ends the session itself */
  722023: {
    class_uid: 4014,
    activity: 'Suspend',
    constants: vpn,
    patterns: [`${peer}{transport} SVC connection terminated {compression}`],
  },
  722033: {
    ...open,
    constants: vpn,
    patterns: [`${peer}First {transport} SVC connection established for SVC session`],
  },
  722037: {
    class_uid: 4014,
    activity: 'Suspend',
    constants: vpn,
    patterns: [`${peer}SVC closing connection: {reason}`],
  },
  722051: {
    ...open,
    constants: vpn,
    patterns: [
      `${peer}IPv4 Address <{assigned_ip}> IPv6 address <{assigned_ip6}> assigned to session`,
      `${peer}Address <{assigned_ip}> assigned to session`,
    ],
  },
  722055: { class_uid: 4014, activity: 'Other', constants: vpn, patterns: [`${peer}Client Type: {client}`] },
  734001: {
    class_uid: 3003,
    activity: 'Assign Policy',
    patterns: ['DAP: User {user+}, Addr {src_ip}, Connection {session_type}: {detail}'],
  },
  751025: {
    ...open,
    constants: { 'auth.protocol': 'ikev2' },
    patterns: [
      'Local:{dst_ip}:{dst_port} Remote:{src_ip}:{src_port} Username:{user+} IKEv2 Group:{group} IPv4 Address={assigned_ip} IPv6 address={assigned_ip6} assigned to session',
    ],
  },
};
