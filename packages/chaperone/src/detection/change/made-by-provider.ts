import { type Activity, type Facts, formatMinute, type Registry, wallClock } from '../../registry/index.ts';
import type { AccountNames } from '../attribution/account-names.ts';
import { objectOf } from '../attribution/principal.ts';
import { sayList, sayTime, shown } from '../registry-finding.ts';
import { whoIs } from '../terms/verdict.ts';
import { add, type Draft, newSeen, type Seen, witness } from './seen.ts';

/** What an account did to another. */
type Deed = 'created' | 'enabled' | 'put';

/** OCSF Account Change, User Access, Group Management; in API calls the operation's name decides. */
const CHANGES: ReadonlySet<number> = new Set([3001, 3005, 3006]);
const API = 6003;
const CREATES = /\bcreate ?user\b|\badd user\b|\binvite external user\b|\buser account created\b/i;
const JOINS = /add (?:eligible )?member to (?:role|group)|attach(?:user|role)policy|addusertogroup/i;
/** Groups whose members rule a domain, by RID ("Well-known SIDs", MS-DTYP 2.4.2.4) and of the built-in domain, by SID. */
const DOMAIN_RIDS = /^S-1-5-21-\d+-\d+-\d+-(?:512|516|517|518|519|520|526|527)$/i;
const BUILTIN = /^S-1-5-32-(?:544|548|549|550|551)$/i;
const PRIVILEGED =
  /^(?:(?:domain|enterprise|schema|key|enterprise key|hybrid) admins?|administrators|(?:account|server|backup|print) operators|dnsadmins|group policy creator owners|dom[äa]nen-admins|organisations-admins|administratoren|admins du domaine|administrateurs|(?:global|company|privileged \w+|security|exchange|application|cloud application|hybrid identity) administrator)$/i;
const MAX_DEEDS = 8;

/** What a successful event did to another account; undefined where it does nothing of the kind. */
function deedOf({ class: { class_uid: uid, key, activity } }: Facts): Deed | undefined {
  if (!CHANGES.has(uid) && uid !== API) return undefined;
  if (/\/47(?:28|32|56)$/.test(key) || JOINS.test(key) || JOINS.test(activity)) return 'put';
  if (createsAccount(uid, key, activity)) return 'created';
  return uid !== API && (/\/4722$/.test(key) || /^enable/i.test(activity)) ? 'enabled' : undefined;
}

/** Whether a kind of event makes a new account: not any object that is created. */
export function createsAccount(uid: number, key: string, activity: string): boolean {
  if (uid !== API && !CHANGES.has(uid)) return false;
  return /\/4720$/.test(key) || CREATES.test(key) || CREATES.test(activity);
}

/** Whether a group or role gives rule over the directory, by its SID or, where none is stated, its name. */
export function isPrivileged(name: string | undefined, sid: string | undefined): boolean {
  if (sid !== undefined && /^S-1-/i.test(sid) && (DOMAIN_RIDS.test(sid) || BUILTIN.test(sid))) return true;
  return name !== undefined && PRIVILEGED.test(name.trim());
}

interface Made {
  readonly activity: Activity;
  readonly object: string;
  /** by deed and group */
  readonly deeds: Map<string, { readonly deed: Deed; readonly group: string | undefined; readonly seen: Seen }>;
  readonly seen: Seen;
  privileged: boolean;
}

/** Accounts that a declared account made, enabled or put into a group: one finding for each pair of them. */
export function* madeByProviders(
  registry: Registry,
  activities: readonly Activity[],
  names: AccountNames,
): Generator<Draft> {
  const all = new Map<string, Made>();
  for (const activity of activities) {
    const { facts, attribution } = activity;
    if (attribution.declared === undefined || facts.outcome === 'failure') continue;
    const deed = deedOf(facts);
    if (deed === undefined) continue;
    const object = objectOf(facts);
    if (object.label === undefined) continue;
    const { key, label } = names.of(object, facts);
    let made = all.get(`${attribution.declared} ${key}`);
    if (made === undefined) {
      made = { activity, object: label, deeds: new Map(), seen: newSeen(activity), privileged: false };
      all.set(`${attribution.declared} ${key}`, made);
    }
    const [group, sid] = [facts.values['group.name'], facts.values['group.uid']];
    const name = deed === 'put' ? (group ?? sid) : undefined;
    let done = made.deeds.get(`${deed} ${name ?? ''}`);
    if (done === undefined) {
      done = { deed, group: name, seen: newSeen(activity) };
      made.deeds.set(`${deed} ${name ?? ''}`, done);
    }
    add(done.seen, activity);
    add(made.seen, activity);
    made.privileged ||= deed === 'put' && isPrivileged(group, sid);
  }
  for (const made of all.values()) yield draft(registry, made);
}

function draft(registry: Registry, { activity, object, deeds, seen, privileged }: Made): Draft {
  const account = registry.accounts[activity.attribution.declared!]!;
  const { slug } = account.provider;
  const done = [...deeds.values()].sort((a, b) => (a.seen.first ?? 0) - (b.seen.first ?? 0));
  const groups = done.filter(({ deed }) => deed === 'put').map(({ group }) => group);
  const words = done.slice(0, MAX_DEEDS).map(({ deed, group, seen: when }, at) => {
    const what = at === 0 ? (deed === 'put' ? shown(object) : `the account ${shown(object)}`) : 'it';
    const into = deed !== 'put' ? '' : ` into ${group === undefined ? 'a group or role' : shown(group)}`;
    return `${deed} ${what}${into}${sayAt(registry, when, at === 0)}`;
  });
  return {
    key: 'made-by-provider',
    title: privileged ? 'A provider’s account made an administrator' : 'A provider’s account made or raised another',
    level: privileged ? 'high' : 'medium',
    confidence: 'high',
    techniques: done.some(({ deed }) => deed !== 'put') ? ['T1136', 'T1098'] : ['T1098'],
    provider: slug,
    account: account.label,
    host: [...seen.hosts][0],
    srcIp: undefined,
    why: `${whoIs(registry, account, activity.attribution.account, slug)} ${sayList(words, MAX_DEEDS)}. If this was agreed, declare the account; if not, disable it.${witness(seen)}`,
    evidence: [
      { selection: 'made-by-provider', field: 'user.name', value: shown(object) },
      ...groups
        .filter((group) => group !== undefined)
        .map((group) => ({ selection: 'made-by-provider', field: 'group.name', value: shown(group) })),
    ],
    by: activity.attribution.by,
    seen,
  };
}

// The first time whole; of what follows, the clock's time alone, where a day says nothing new.
function sayAt(registry: Registry, { first, count }: Seen, whole: boolean): string {
  const { zone } = registry.organization;
  const times = count > 1 ? ` (${count} times)` : '';
  if (first === undefined) return `${whole ? ' at a time that the log doesn’t state' : ''}${times}`;
  return `${whole ? ` at ${sayTime(zone, first)}` : ` at ${formatMinute(wallClock(zone, first / 1000).minute)}`}${times}`;
}
