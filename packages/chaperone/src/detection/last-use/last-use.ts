import { type Account, type Activity, formatDay, hostName, type Registry, sameHost } from '../../registry/index.ts';
import { AccountNames, type NamedAccount } from '../attribution/account-names.ts';
import { principalOf } from '../attribution/principal.ts';
import { rfc3339, sayWitness, shown } from '../registry-finding.ts';
import type { AccountUse } from '../scan-result.ts';
import { isUse } from '../terms/use.ts';

/** A log that would have seen the use of certain accounts, and since when it watched. Microseconds. */
interface Watch {
  readonly name: string;
  first: number;
  last: number;
  /** days with at least one event, where the engine counts them */
  readonly days: Set<number>;
}

const DAY = 86_400_000_000;
/** Share of days on which a watching log must have something: less has holes. */
const COVERED = 0.8;
/** How many names a note lists. */
const MAX_NAMES = 5;
/** Undeclared accounts listed at most. */
const MAX_UNDECLARED = 5_000;

/**
 * When each account was last used: `seen` with the log that shows it, `never` since when a log has watched that would have shown it, `unknown` with
 * the reason. Only what succeeded counts: a password spray doesn't make a dead account live. Declared accounts first, then
 * accounts that were attributed to a provider and that nobody declared.
 */
export function lastUse(registry: Registry, activities: readonly Activity[]): AccountUse[] {
  const uses = new Map<number, Activity[]>();
  const undeclared = new Map<string, { readonly seen: Activity[]; named: NamedAccount; readonly notes: Set<string> }>();
  const names = new AccountNames(registry, activities);
  for (const activity of activities) {
    if (!shows(activity)) continue;
    const { declared, account, provider } = activity.attribution;
    if (declared !== undefined) push(uses, declared, activity);
    else if (provider !== undefined && account !== undefined) {
      const principal = principalOf(activity.facts);
      if (principal.system) continue;
      const named = names.of(principal, activity.facts);
      const key = `${provider}\n${named.key}`;
      const known = undeclared.get(key);
      if (known === undefined) {
        if (undeclared.size < MAX_UNDECLARED)
          undeclared.set(key, {
            seen: [activity],
            named,
            notes: new Set(named.note === undefined ? [] : [named.note]),
          });
        continue;
      }
      known.seen.push(activity);
      if (named.sure && !known.named.sure) known.named = named;
      if (named.note !== undefined) known.notes.add(named.note);
    }
  }
  const watches = new Watches(registry, activities);
  return [
    ...registry.accounts.map((account) => declaredUse(account, uses.get(account.index) ?? [], watches)),
    ...[...undeclared.values()].map(({ seen, named, notes }) =>
      seenUse(named.label, seen[0]!.attribution.provider!, false, seen, ['not declared', ...notes].join('; ')),
    ),
  ];
}

/** Whether an activity proves that its account was used: a sign-in that succeeded, or something done under the account. */
function shows({ facts }: Activity): boolean {
  if (facts.outcome === 'failure' || !isUse(facts)) return false;
  const signIn = facts.class.class_uid === 3002 || facts.class.class_uid === 4014;
  return !signIn || facts.outcome === 'success';
}

function declaredUse(account: Account, seen: readonly Activity[], watches: Watches): AccountUse {
  const provider = account.provider.slug;
  if (seen.length > 0) {
    const names =
      account.declared.pattern === undefined
        ? []
        : [...new Set(seen.map((activity) => principalOf(activity.facts).label ?? ''))].filter((name) => name !== '');
    const which =
      names.length === 0
        ? ''
        : `as ${names.slice(0, MAX_NAMES).map(shown).join(', ')}${names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : ''}`;
    return seenUse(account.label, provider, true, seen, which);
  }
  const base = { account: account.label, provider, declared: true, first: null, last: null, events: 0 };
  const { watch, reason } = watches.of(account);
  if (watch === undefined) return { ...base, use: 'unknown', note: reason };
  const span = Math.floor(watch.last / DAY) - Math.floor(watch.first / DAY) + 1;
  // A log with holes has not watched: what happened in them nobody knows.
  if (watch.days.size > 0 && watch.days.size < span * COVERED) {
    return {
      ...base,
      use: 'unknown',
      note: `${watch.name} shows no use, but covers only ${watch.days.size} of ${span} days`,
    };
  }
  return {
    ...base,
    use: 'never',
    note: `not used while ${watch.name} watched, from ${day(watch.first)} to ${day(watch.last)}`,
  };
}

function seenUse(
  account: string,
  provider: string,
  declared: boolean,
  seen: readonly Activity[],
  note: string,
): AccountUse {
  let first: number | undefined;
  let last: Activity | undefined;
  let events = 0;
  for (const activity of seen) {
    events += activity.count;
    if (activity.first !== undefined && (first === undefined || activity.first < first)) first = activity.first;
    if (last === undefined || (activity.last ?? Number.NEGATIVE_INFINITY) > (last.last ?? Number.NEGATIVE_INFINITY))
      last = activity;
  }
  const witness = last === undefined ? '' : `seen in ${sayWitness(last.facts.class.key, last.attribution.host)}`;
  const untimed = last?.last === undefined ? 'at a time that the log doesn’t state' : '';
  return {
    account,
    provider,
    declared,
    use: 'seen',
    first: first === undefined ? null : rfc3339(first),
    last: last?.last === undefined ? null : rfc3339(last.last),
    events,
    note: [note, witness, untimed].filter((part) => part !== '').join('; '),
  };
}

/** Which logs were there to see an account's use. */
class Watches {
  /** by the domain's one spelling */
  readonly #controllers = new Map<string, Watch>();
  readonly #registry: Registry;
  #cloud: Watch | undefined;
  #aws: Watch | undefined;
  readonly #hosts = new Map<string, Watch>();
  readonly #members = new Set<string>();

  constructor(registry: Registry, activities: readonly Activity[]) {
    this.#registry = registry;
    for (const { facts, first, last, days } of activities) {
      if (first === undefined || last === undefined) continue;
      const { key, format, class_uid: uid } = facts.class;
      const host = facts.values['device.hostname'];
      // Only domain controllers write these, for logons anywhere in their domain.
      if (/^windows\/Security\/.*\/(?:4768|4769|4771)$/.test(key)) {
        const domain = this.#domainOf(host, facts.values['user.domain']);
        const name = `the Security log of ${host === undefined ? 'a domain controller' : shown(host)}`;
        if (this.#controllers.size < 1_000)
          this.#controllers.set(domain, widen(this.#controllers.get(domain), name, first, last, days));
      }
      if (/^windows\/Security\/.*\/(?:4624|4625|4634|4647|4648|4672)$/.test(key) && host !== undefined) {
        const name = hostName(host);
        this.#members.add(shown(host));
        if (this.#hosts.size < 10_000)
          this.#hosts.set(name, widen(this.#hosts.get(name), `${shown(host)}'s Security log`, first, last, days));
      }
      if (uid === 3002 && /entra|azure|signin|okta|google|gsuite|m365|office/i.test(format))
        this.#cloud = widen(this.#cloud, `the ${format} sign-in log`, first, last, days);
      if (/cloudtrail/i.test(format)) this.#aws = widen(this.#aws, 'CloudTrail', first, last, days);
    }
  }

  // The domain of a controller: of its own name, else of the account it vouched for.
  #domainOf(host: string | undefined, stated: string | undefined): string {
    const { domains } = this.#registry.organization;
    const suffix = host === undefined ? undefined : hostName(host).split('.').slice(1).join('.');
    for (const name of [suffix, stated?.toLowerCase()]) {
      const ours = name === undefined || name === '' ? undefined : domains.canonical(name);
      if (ours !== undefined) return ours;
    }
    return suffix === undefined || suffix === '' ? (stated?.toLowerCase() ?? '') : suffix;
  }

  // An account that names no domain of ours is watched where there is only one domain to be in.
  #controllerOf(account: Account): Watch | undefined {
    const domain = account.name?.domain ?? account.declared.upn?.split('@')[1]?.toLowerCase();
    const ours = domain === undefined ? undefined : (this.#registry.organization.domains.canonical(domain) ?? domain);
    if (ours !== undefined) return this.#controllers.get(ours);
    return this.#controllers.size === 1 ? [...this.#controllers.values()][0] : undefined;
  }

  /** The log that would have seen this account's use, or why there is none. */
  of(account: Account): { watch?: Watch | undefined; reason: string } {
    const { declared } = account;
    if (declared.role !== undefined) return { watch: this.#aws, reason: 'no CloudTrail log was read' };
    if (declared.app !== undefined)
      return { watch: this.#cloud, reason: 'no sign-in log of the identity provider was read' };
    const domain = account.name?.domain;
    const local = account.kind === 'local' && domain !== undefined;
    if (local) {
      const watch = [...this.#hosts].find(([host]) => sameHost(host, domain))?.[1];
      return { watch, reason: `no Security log of ${shown(domain)} was read` };
    }
    if (declared.name === undefined && declared.sid === undefined && declared.upn !== undefined)
      return {
        watch: this.#cloud ?? this.#controllerOf(account),
        reason: 'neither a sign-in log of the identity provider nor a domain controller’s Security log was read',
      };
    const members = [...this.#members];
    const had =
      members.length === 0
        ? ''
        : `; the Security logs of ${members.slice(0, MAX_NAMES).join(', ')}${members.length > MAX_NAMES ? ` and ${members.length - MAX_NAMES} more` : ''} show no use there`;
    return {
      watch: this.#controllerOf(account),
      reason: `no logons vouched for by a domain controller (4768, 4769) of its domain were read, so use elsewhere can't be excluded${had}`,
    };
  }
}

function widen(
  watch: Watch | undefined,
  name: string,
  first: number,
  last: number,
  days: ReadonlySet<number> | undefined,
): Watch {
  if (watch === undefined) return { name, first, last, days: new Set(days) };
  for (const one of days ?? []) watch.days.add(one);
  watch.first = Math.min(watch.first, first);
  watch.last = Math.max(watch.last, last);
  return watch;
}

function day(microseconds: number): string {
  return formatDay(Math.floor(microseconds / DAY));
}

function push<K>(map: Map<K, Activity[]>, key: K, activity: Activity): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [activity]);
  else list.push(activity);
}
