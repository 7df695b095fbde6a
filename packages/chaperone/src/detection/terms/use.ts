import type { Facts } from '../../registry/index.ts';
import { shown } from '../registry-finding.ts';

/** What an event says of the use of an account. */
export interface Use {
  /** whether somebody came from elsewhere: only then does a source mean anything */
  readonly remote: 'yes' | 'no' | 'unknown';
  /** whether a sign-in or call: only these state a second factor */
  readonly signIn: boolean;
  /** whether the host in the event is the one that was reached, rather than one that only vouched for it */
  readonly reaches: boolean;
  readonly deed: Deed;
}

/** What was done, in words: `logged on to DC01` is the verb `logged on to` and the object `DC01`. */
export interface Deed {
  readonly verb: string;
  /** the same without what differs from time to time: `ran programs on` */
  readonly kind: string;
  /** the host, account or service it was done to; undefined where the log names none, and then the verb stands alone */
  readonly object: string | undefined;
  /** the verb where no object is known */
  readonly alone: string;
}

const SIGN_IN = 3002;
const TUNNEL = 4014;
const PROCESS = 1007;
const API = 6003;
const NETWORK = 4001;
/** Account Change, User Access, Group Management */
const CHANGES: ReadonlySet<number> = new Set([3001, 3005, 3006]);

/** What else was done, by OCSF class: as an attempt, and done. */
const DEEDS: Readonly<Record<number, readonly [string, string]>> = {
  1001: ['touch a file', 'touched a file'],
  1006: ['change a scheduled task', 'changed a scheduled task'],
  1009: ['run a script', 'ran a script'],
  2004: ['set off a detection', 'set off a detection'],
  3003: ['use special privileges', 'had special privileges'],
  3004: ['change settings or the directory', 'changed settings or the directory'],
  4006: ['reach a share', 'reached a share'],
  201001: ['change the Windows registry', 'changed the Windows registry'],
  201002: ['change the Windows registry', 'changed the Windows registry'],
  201004: ['change a service', 'changed a service'],
};

/** Domain controllers write these for a logon that happens elsewhere; only 4769 names the host that is meant. */
const VOUCHES = /\/(?:4768|4769|4770|4771|4772|4773|4776|4777|627\d|6280)$/;
/** The end of a session isn't use: somebody who leaves at 18:01 did nothing at 18:01. */
const ENDS = /log ?off|log ?out|disconnect|close|terminat|\bstop|\bend\b|expire/i;
/** Windows logon types in which nobody comes from elsewhere: interactive, batch, service, unlock, cached. */
const LOCAL_TYPES = /^(?:0|2|4|5|7|11|12|13|Interactive|Batch|Service|Unlock|Cached\w*|System)$/i;
/** Lines that a Linux host writes besides the one that tells who came from where: a session, a change of user, a scheduled job. */
const TOLD_ELSEWHERE = /^(?:su|sudo|cron|systemd-logind|pam(?:-[^/]*)?)\//;
const REMOTE_TYPES = /^(?:3|8|10|Network\w*|RemoteInteractive)$/i;
export const HERE = /^(?:127\.|::1$|::ffff:127\.|0\.0\.0\.0$|::$|local(?:host)?$)/i;

/** Whether the facts show use of an account at all: not the end of a session. */
export function isUse(facts: Facts): boolean {
  return !ENDS.test(facts.class.activity);
}

/** Reads what kind of use it is. `atEdge`: it stands at the gateway of a link, where every line is of a VPN session. */
export function readUse(facts: Facts, atEdge = false): Use {
  const { class_uid: uid, key } = facts.class;
  const { values } = facts;
  const host = values['device.hostname'] ?? values['dst_endpoint.hostname'] ?? values['dst_endpoint.ip'];
  const ip = values['src_endpoint.ip'];
  const type = values['auth.type'];
  const signIn = uid === SIGN_IN || uid === API;
  const sourced = signIn || uid === TUNNEL || uid === NETWORK || ip !== undefined;
  let remote: Use['remote'] = sourced ? 'unknown' : 'no';
  if (ip !== undefined) remote = HERE.test(ip) ? 'no' : 'yes';
  else if ((type !== undefined && LOCAL_TYPES.test(type)) || TOLD_ELSEWHERE.test(key)) remote = 'no';
  else if (type !== undefined && REMOTE_TYPES.test(type)) remote = 'yes';
  const vouches = VOUCHES.test(key);
  return { remote, signIn, reaches: uid !== TUNNEL && !vouches, deed: deedOf(facts, host, vouches, atEdge) };
}

function deedOf(facts: Facts, host: string | undefined, vouches: boolean, atEdge: boolean): Deed {
  const { class_uid: uid } = facts.class;
  const { values } = facts;
  const failed = facts.outcome === 'failure';
  const say = (verb: string, link: string, object: string | undefined, kind = verb): Deed => ({
    verb: `${verb} ${link}`,
    kind: `${kind} ${link}`,
    object: object === undefined ? undefined : shown(object),
    alone: verb,
  });
  if (uid === TUNNEL || atEdge)
    return failed ? say('was refused a VPN session', 'on', host) : say('opened a VPN session', 'on', host);
  if (uid === SIGN_IN) {
    if (vouches)
      return failed
        ? say('was refused a logon', 'by', host)
        : { ...say('was vouched for', 'by', host), alone: 'was vouched for by a domain controller' };
    const where = host ?? values['cloud.account.uid'] ?? values['cloud.app.uid'];
    return failed ? say('tried and failed to log on', 'to', where) : say('logged on', 'to', where);
  }
  if (uid === PROCESS) {
    const path = values['process.file.path'];
    return say(
      path === undefined ? 'ran a program' : `ran ${shown(path.split(/[\\/]/).at(-1)!)}`,
      'on',
      host,
      'ran programs',
    );
  }
  if (uid === API) {
    const account = values['cloud.account.uid'];
    const call = facts.class.activity === '' ? 'an API' : shown(facts.class.activity);
    const link = account === undefined ? 'on' : 'in';
    return failed
      ? say(`tried to call ${call}`, link, account ?? host, 'tried to call APIs')
      : say(`called ${call}`, link, account ?? host, 'called APIs');
  }
  const done = DEEDS[uid];
  if (done !== undefined) return say(failed ? `tried to ${done[0]}` : done[1], 'on', host);
  // Cloud directories name the operation; Windows' own event ids say less than words.
  const operation = facts.class.key.startsWith('windows/')
    ? ''
    : facts.class.key.slice(facts.class.key.indexOf('/') + 1);
  if (CHANGES.has(uid) && host === undefined && operation !== '')
    return say(
      `${failed ? 'tried' : 'did'} “${shown(operation)}”`,
      'in',
      values['cloud.account.uid'],
      failed ? 'tried to change accounts or settings' : 'changed accounts or settings',
    );
  if (CHANGES.has(uid))
    return say(failed ? 'tried to change an account or group' : 'changed an account or group', 'on', host);
  if (uid === NETWORK) return say('connected', 'to', host);
  return say('was active', 'on', host);
}

/** A deed with its object: `logged on to DC01`. */
export function sayDeed({ verb, object, alone }: Deed): string {
  return object === undefined ? alone : `${verb} ${object}`;
}
