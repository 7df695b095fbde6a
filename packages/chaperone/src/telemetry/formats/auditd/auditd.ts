import type { EventAccess } from '@chaperone/sigma';
import type { LogEvent, Outcome, Place } from '../../event.ts';
import type { DecodeContext } from '../../format.ts';
import { fromEpoch } from '../../time/index.ts';
import { type ClassDraft, ClassTable, roles } from '../event/class-table.ts';
import { MapEvent } from '../event/map-event.ts';
import type { Envelope } from '../syslog/envelope.ts';
import { lineFormat } from '../text/line-format.ts';
import { readRecord } from './read-record.ts';
import { RECORD_TYPES } from './record-types.ts';
import { syscallName } from './syscalls.ts';

/*
 * An audit event is several records with one serial (SYSCALL, EXECVE, CWD, PATH, PROCTITLE). SigmaHQ's rules for the log
 * source linux/auditd ask for fields of one record (`type: EXECVE`, `a0`), so each record is an event of its own. Who ran
 * an EXECVE stands in the SYSCALL record before it: that one is remembered, and the EXECVE event is offered a second
 * time as process creation, with `execve.image`, `execve.command_line` and `execve.user`.
 */

interface Remembered {
  serial: string;
  fields: ReadonlyMap<string, unknown>;
}

const LOGONS = new Set(['USER_LOGIN', 'USER_AUTH', 'USER_START', 'USER_ACCT', 'CRED_ACQ']);
const LOGOFFS = new Set(['USER_LOGOUT', 'USER_END', 'CRED_DISP']);
const ACCOUNTS: Readonly<Record<string, string>> = {
  ADD_USER: 'Create',
  DEL_USER: 'Delete',
  ADD_GROUP: 'Create',
  DEL_GROUP: 'Delete',
  USER_CHAUTHTOK: 'Password Change',
  USER_MGMT: 'Update',
  GRP_MGMT: 'Update',
  ACCT_LOCK: 'Lock',
  ACCT_UNLOCK: 'Unlock',
};

const ROLES = roles({
  'user.name': ['acct', 'id.name'],
  'user.uid': ['id', 'uid'],
  'actor.user.name': ['AUID', 'UID'],
  'actor.user.uid': ['auid', 'uid'],
  'actor.session.uid': 'ses',
  'src_endpoint.ip': 'addr',
  'src_endpoint.hostname': 'hostname.remote',
  'device.hostname': ['node', 'host.name'],
  'process.file.path': ['exe', 'execve.image'],
  'process.cmd_line': ['execve.command_line', 'proctitle', 'cmd'],
  'file.path': 'name',
  'service.name': 'unit',
});

function outcome(event: EventAccess): Outcome {
  const said = event.get('res') ?? event.get('success');
  if (said === 'success' || said === 'yes' || said === '1') return 'success';
  return said === 'failed' || said === 'no' || said === '0' ? 'failure' : 'unknown';
}

function draft(type: string): ClassDraft {
  const auditd = { product: 'linux', service: 'auditd' };
  const common = { roles: ROLES, outcome };
  if (type === 'EXECVE') {
    const fields = {
      Image: 'execve.image',
      CommandLine: 'execve.command_line',
      User: 'execve.user',
      ProcessId: 'execve.pid',
      ParentProcessId: 'execve.ppid',
    };
    const offers = [auditd, { product: 'linux', category: 'process_creation', fields }];
    return { ...common, offers, class_uid: 1007, activity: 'Launch' };
  }
  const offers = [auditd];
  if (LOGONS.has(type)) return { ...common, offers, class_uid: 3002, activity: 'Logon' };
  if (LOGOFFS.has(type)) return { ...common, offers, class_uid: 3002, activity: 'Logoff' };
  if (Object.hasOwn(ACCOUNTS, type)) return { ...common, offers, class_uid: 3001, activity: ACCOUNTS[type] };
  if (type === 'SYSCALL' || type === 'USER_CMD') return { ...common, offers, class_uid: 1007, activity: 'Other' };
  return { ...common, offers };
}

const classes = new ClassTable('auditd', draft);

/** `type=NAME msg=audit(TIME:SERIAL): ...` of auditd, and the kernel's own `type=1400 audit(TIME:SERIAL): ...`. */
const HEAD =
  /^(?:node=(\S{1,255}) )?type=([A-Z0-9_]{1,40}|UNKNOWN\[\d{1,6}\]) (?:msg=)?audit\((\d{1,12}\.\d{1,9}):(\d{1,20})\):/;

/** Whether a line or syslog body starts as an audit record does. */
export function isAudit(body: string): boolean {
  return (body.startsWith('type=') || body.startsWith('node=')) && body.slice(0, 400).includes('audit(');
}

/** One audit record; undefined where the head is not of the form. */
export function decodeAudit(
  envelope: Envelope,
  text: string,
  place: Place,
  context: DecodeContext,
): LogEvent | undefined {
  const { body } = envelope;
  const head = HEAD.exec(body);
  if (head === null) return undefined;
  const type = Object.hasOwn(RECORD_TYPES, head[2]) ? RECORD_TYPES[head[2]] : head[2];
  const fields = new Map<string, unknown>([['type', type]]);
  if (head[1] !== undefined) fields.set('node', head[1]);
  readRecord(body, head[0].length, type === 'EXECVE', fields);
  const serial = `${head[1] ?? ''} ${head[3]}:${head[4]}`;
  let caller: ReadonlyMap<string, unknown> | undefined;
  if (type === 'SYSCALL') {
    if (!fields.has('SYSCALL')) {
      const name = syscallName(fields.get('arch'), fields.get('syscall'));
      if (name !== undefined) fields.set('SYSCALL', name);
    }
    context.state.auditSyscall = { serial, fields } satisfies Remembered;
  } else if (type === 'EXECVE') {
    const remembered = context.state.auditSyscall as Remembered | undefined;
    if (remembered?.serial === serial) caller = remembered.fields;
  }
  const time = fromEpoch(head[3], 's') ?? envelope.time;
  return new MapEvent(classes.of(type), time, place, text, fields, envelope, (field, own) =>
    derived(field, own, caller),
  );
}

function derived(
  field: string,
  own: ReadonlyMap<string, unknown>,
  caller: ReadonlyMap<string, unknown> | undefined,
): unknown {
  switch (field) {
    case 'execve.command_line':
      return own.get('type') === 'EXECVE' ? commandLine(own) : undefined;
    case 'execve.image':
      return own.get('type') === 'EXECVE' ? (caller?.get('exe') ?? own.get('a0')) : undefined;
    case 'execve.user':
      return caller?.get('UID') ?? (caller?.get('uid') === '0' ? 'root' : caller?.get('uid'));
    case 'execve.pid':
      return caller?.get('pid');
    case 'execve.ppid':
      return caller?.get('ppid');
    case 'auid':
    case 'uid':
    case 'ses':
    case 'AUID':
    case 'UID':
    case 'success':
      return caller?.get(field);
    case 'hostname.remote':
      return own.get('hostname');
    case 'id.name':
      return own.get('ID');
    default:
      return undefined;
  }
}

const MAX_ARGUMENTS = 1024;

function commandLine(own: ReadonlyMap<string, unknown>): string {
  const words: unknown[] = [];
  for (let index = 0; index < MAX_ARGUMENTS; index += 1) {
    const word = own.get(`a${index}`);
    if (word === undefined) break;
    words.push(word);
  }
  return words.join(' ');
}

/** audit.log as it lies in /var/log/audit. */
export const auditd = lineFormat({
  name: 'auditd',
  title: 'Linux audit records',
  starts: isAudit,
  decode: decodeAudit,
});
