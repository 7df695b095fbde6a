import { type Activity, parseIp } from '../../registry/index.ts';
import { roleOf } from '../attribution/account-index.ts';
import { isVpn } from '../attribution/gateway.ts';
import { type Principal, principalOf } from '../attribution/principal.ts';
import { HABIT } from '../change/traces.ts';
import { shown } from '../registry-finding.ts';
import { isUse } from '../terms/use.ts';
import type { LocalClock } from './local-clock.ts';

/** An account that may be an outsider's, with what speaks for it. */
export interface Candidate {
  /** the key under which the registry knows such an account */
  readonly kind: 'name' | 'upn' | 'app' | 'role' | 'sid';
  readonly value: string;
  /** who it may belong to, where its traces say so: a home domain, tenant or cloud account */
  home: { readonly kind: 'domain' | 'entra' | 'aws'; readonly value: string } | undefined;
  /** what was seen, each once */
  readonly seen: Set<string>;
  /** 2 and more: proposed; below: only mentioned */
  score: number;
  readonly publicAddresses: Set<string>;
  readonly hosts: Set<string>;
  count: number;
  first: number | undefined;
  last: number | undefined;
  /** hours of the day, one bit each, and weekdays (0 Monday), one bit each, by the clock of the proposal's zone */
  hours: number;
  weekdays: number;
}

/** Bounds: a proposal is read by a person. */
const MAX_CANDIDATES = 20_000;
const MAX_SET = 200;
const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;

/** Accounts with an outsider's traces: from the internet, through the VPN, from another tenant, as a guest, or so named. */
export function findCandidates(activities: readonly Activity[], clock: LocalClock): Candidate[] {
  const found = new Map<string, Candidate>();
  for (const activity of activities) {
    const { facts } = activity;
    if (facts.outcome === 'failure' || !isUse(facts)) continue;
    const principal = principalOf(facts);
    if (principal.system || principal.label === undefined) continue;
    const identity = identify(principal);
    if (identity === undefined) continue;
    const key = `${identity.kind} ${identity.value.toLowerCase()}`;
    let candidate = found.get(key);
    if (candidate === undefined) {
      if (found.size >= MAX_CANDIDATES) continue;
      candidate = {
        ...identity,
        home: undefined,
        seen: new Set(),
        score: 0,
        publicAddresses: new Set(),
        hosts: new Set(),
        count: 0,
        first: undefined,
        last: undefined,
        hours: 0,
        weekdays: 0,
      };
      found.set(key, candidate);
    }
    learn(candidate, activity, principal, clock);
  }
  return [...found.values()]
    .filter((candidate) => candidate.score > 0)
    .sort((a, b) => b.score - a.score || (a.value < b.value ? -1 : 1));
}

function identify(principal: Principal): Pick<Candidate, 'kind' | 'value'> | undefined {
  const { label, id, name, sid } = principal;
  for (const text of [label, id]) {
    const role = text === undefined ? undefined : roleOf(text);
    if (role !== undefined && /^arn:aws[\w-]*:iam::\d{12}:role\//.test(role)) return { kind: 'role', value: role };
  }
  if (label !== undefined && name !== undefined && label.includes('@') && !label.includes('\\'))
    return { kind: 'upn', value: label };
  if (label !== undefined && name !== undefined && !label.startsWith('arn:')) return { kind: 'name', value: label };
  if (id !== undefined && /^[\w.-]{8,80}$/.test(id)) return { kind: 'app', value: id };
  return sid === undefined ? undefined : { kind: 'sid', value: sid };
}

function learn(candidate: Candidate, activity: Activity, principal: Principal, clock: LocalClock): void {
  const { facts, attribution } = activity;
  const { values } = facts;
  const signIn = facts.class.class_uid === 3002 || facts.class.class_uid === 4014 || facts.class.class_uid === 6003;
  candidate.count += activity.count;
  if (activity.first !== undefined && (candidate.first === undefined || activity.first < candidate.first))
    candidate.first = activity.first;
  if (activity.last !== undefined && (candidate.last === undefined || activity.last > candidate.last))
    candidate.last = activity.last;
  learnTimes(candidate, activity, clock);
  if (attribution.host !== undefined && signIn && candidate.hosts.size < MAX_SET) candidate.hosts.add(attribution.host);
  const note = (score: number, words: string) => {
    if (candidate.seen.has(words)) return;
    candidate.seen.add(words);
    candidate.score += score;
  };
  const address = values['src_endpoint.ip'];
  if (signIn && address !== undefined && isPublic(address)) {
    if (candidate.publicAddresses.size < MAX_SET) candidate.publicAddresses.add(address);
    // In the cloud everybody comes from the internet; on a host of one's own nobody should.
    if (facts.class.format === 'evtx' || facts.class.key.startsWith('windows/') || /ssh/i.test(facts.class.key))
      note(2, 'logged on from the internet');
  }
  if (isVpn(facts)) note(1, 'came through the VPN');
  if (principal.name?.user.includes('#ext#')) {
    note(2, 'a guest');
    const home = /_([^_#]+)#ext#/.exec(principal.name.user)?.[1];
    if (home?.includes('.')) candidate.home ??= { kind: 'domain', value: home };
  }
  if (
    [values['auth.type'], values['auth.protocol']].some(
      (text) => text !== undefined && /^(?:serviceProvider|b2bDirectConnect)$/i.test(text),
    )
  )
    note(3, 'signed in across tenants as a service provider');
  const tenant = values['cloud.home_tenant.uid'];
  const account = values['cloud.account.uid'];
  if (
    tenant !== undefined &&
    account !== undefined &&
    tenant !== account &&
    /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(tenant)
  ) {
    note(2, `home tenant ${shown(tenant)}`);
    candidate.home ??= { kind: 'entra', value: tenant.toLowerCase() };
  }
  const own = /:(\d{12}):/.exec(principal.label ?? '')?.[1];
  if (own !== undefined && account !== undefined && /^\d{12}$/.test(account) && own !== account) {
    note(3, `of AWS account ${own}, another than where it was used`);
    candidate.home ??= { kind: 'aws', value: own };
  }
  if (principal.name !== undefined && HABIT.test(principal.name.user)) note(2, 'named as outsiders’ accounts are');
  if (attribution.tool !== undefined && facts.class.class_uid === 1007) note(1, `ran ${shown(attribution.tool)}`);
}

function learnTimes(candidate: Candidate, activity: Activity, clock: LocalClock): void {
  const { days, hours, first, last } = activity;
  if (days !== undefined && hours !== undefined) {
    for (const day of days) {
      const local = clock.shift(day, hours);
      candidate.hours |= local.hours;
      candidate.weekdays |= local.weekdays;
    }
  }
  for (const time of [first, last]) {
    if (time === undefined) continue;
    const day = Math.floor(time / DAY);
    const local = clock.shift(day, 1 << Math.floor((time - day * DAY) / HOUR));
    candidate.hours |= local.hours;
    candidate.weekdays |= local.weekdays;
  }
}

/** Whether an address is one of the internet: not private, shared, loopback, link-local, documentation aside. */
export function isPublic(text: string): boolean {
  const ip = parseIp(text);
  if (ip === undefined) return false;
  if (ip.version === 6) return ip.value >> 125n === 1n;
  const [a, b] = [Math.floor(ip.value / 0x100_0000), (ip.value >>> 16) & 255];
  if (a === 0 || a === 10 || a === 127 || a >= 224) return false;
  return !(
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  );
}
