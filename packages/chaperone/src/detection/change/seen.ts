import type { Level } from '@chaperone/sigma';
import type { Activity, Attribution, Registry } from '../../registry/index.ts';
import type { Evidence } from '../finding.ts';
import { sayList, sayTime, sayWitness, shown } from '../registry-finding.ts';

/** A finding of this room before it is completed. */
export interface Draft {
  /** name of the check */
  readonly key: string;
  readonly title: string;
  readonly level: Level;
  readonly confidence: Attribution['confidence'];
  readonly techniques: readonly string[];
  readonly provider: string | undefined;
  readonly account: string | undefined;
  readonly host: string | undefined;
  readonly srcIp: string | undefined;
  readonly why: string;
  readonly evidence: readonly Evidence[];
  readonly by?: readonly string[];
  readonly seen: Seen;
}

/** Activities that stand for one thing. */
export interface Seen {
  count: number;
  first: number | undefined;
  last: number | undefined;
  places: Activity['place'][];
  /** the earliest first */
  hosts: Set<string>;
  ips: Set<string>;
  eventClass: string;
}

const MAX_PLACES = 10;
const MAX_NAMED = 5;

/** Nothing seen yet, of this activity's kind of event. */
export function newSeen(activity: Activity): Seen {
  return {
    count: 0,
    first: undefined,
    last: undefined,
    places: [],
    hosts: new Set(),
    ips: new Set(),
    eventClass: activity.facts.class.key,
  };
}

/** Adds an activity to what was seen. */
export function add(seen: Seen, activity: Activity): void {
  seen.count += activity.count;
  const earlier = activity.first !== undefined && (seen.first === undefined || activity.first < seen.first);
  if (earlier) {
    seen.first = activity.first;
    seen.eventClass = activity.facts.class.key;
    seen.places.unshift(activity.place);
    if (activity.attribution.host !== undefined) seen.hosts = new Set([activity.attribution.host, ...seen.hosts]);
  } else seen.places.push(activity.place);
  if (seen.places.length > MAX_PLACES) seen.places.length = MAX_PLACES;
  if (activity.last !== undefined && (seen.last === undefined || activity.last > seen.last)) seen.last = activity.last;
  if (activity.attribution.host !== undefined) seen.hosts.add(activity.attribution.host);
  if (activity.attribution.src_ip !== undefined) seen.ips.add(activity.attribution.src_ip);
}

/** All of them as one. */
export function joinSeen(all: readonly Seen[]): Seen {
  const joined: Seen = { ...all[0]!, places: [], hosts: new Set(), ips: new Set(), count: 0 };
  for (const seen of all) {
    joined.count += seen.count;
    if (seen.first !== undefined && (joined.first === undefined || seen.first < joined.first))
      joined.first = seen.first;
    if (seen.last !== undefined && (joined.last === undefined || seen.last > joined.last)) joined.last = seen.last;
    if (joined.places.length < MAX_PLACES && seen.places[0] !== undefined) joined.places.push(seen.places[0]);
    for (const host of seen.hosts) joined.hosts.add(host);
  }
  return joined;
}

/** The first few names; undefined hosts are said in words by who asks. */
export function list(names: ReadonlySet<string>): string {
  return sayList([...names].map(shown), MAX_NAMED);
}

/** When it was seen, as the end of a clause. */
export function span(registry: Registry, seen: Seen): string {
  const { zone } = registry.organization;
  if (seen.first === undefined) return ' at a time that the log doesn’t state';
  const first = sayTime(zone, seen.first);
  if (seen.last === undefined || seen.last === seen.first) return ` at ${first}`;
  return ` from ${first} to ${sayTime(zone, seen.last)} (${seen.count} events)`;
}

/** Which log shows it, as a sentence. */
export function witness(seen: Seen): string {
  return ` Seen in ${sayWitness(seen.eventClass, [...seen.hosts][0])}.`;
}
