import type { Level } from '@chaperone/sigma';
import type { Activity, Attribution } from '../../registry/index.ts';
import type { Evidence } from '../finding.ts';
import { HALF_HOUR } from './observations.ts';

/** Something that isn't inside the agreement, at one or more moments. Times in microseconds. */
export interface Occurrence {
  /** `provider/term` or the name of a check; with `parts` it makes the rule's id */
  readonly key: string;
  readonly parts: readonly string[];
  readonly title: string;
  readonly level: Level;
  readonly confidence: Attribution['confidence'];
  readonly techniques: readonly string[];
  readonly file: string;
  readonly provider: string;
  readonly account: string;
  readonly host: string | undefined;
  /** who, e.g. `svc-rmm (Northgate's service account)` */
  readonly who: string;
  /** what was done, e.g. `logged on to DC01` */
  readonly words: string;
  /** what is wrong, e.g. `outside the agreed hours ...` */
  readonly because: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly by: readonly string[];
  readonly eventClass: string;
  srcIps: Set<string>;
  count: number;
  /** moments at which it held; where `partial`, `count` is of the half hours around them */
  partial: boolean;
  first: number | undefined;
  last: number | undefined;
  places: Activity['place'][];
}

/** Places that are kept to click through to. */
const MAX_PLACES = 12;
const MAX_ADDRESSES = 20;

/**
 * Joins occurrences of one kind, account and host that follow each other within half an hour: a session is one finding, however many
 * lines it wrote.
 */
export function joinOccurrences(occurrences: readonly Occurrence[]): Occurrence[] {
  const groups = new Map<string, Occurrence[]>();
  for (const occurrence of occurrences) {
    const key = JSON.stringify([
      occurrence.key,
      occurrence.parts,
      occurrence.account,
      occurrence.host,
      occurrence.level,
    ]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [occurrence]);
    else group.push(occurrence);
  }
  const joined: Occurrence[] = [];
  for (const group of groups.values()) {
    group.sort((a, b) => (a.first ?? 0) - (b.first ?? 0));
    let open: Occurrence | undefined;
    for (const occurrence of group) {
      const near =
        open !== undefined &&
        (open.last === undefined
          ? occurrence.first === undefined
          : occurrence.first !== undefined && occurrence.first - open.last <= HALF_HOUR);
      if (!near) {
        open = { ...occurrence, srcIps: new Set(occurrence.srcIps), places: [...occurrence.places] };
        joined.push(open);
        continue;
      }
      const into = open!;
      into.count += occurrence.count;
      into.partial ||= occurrence.partial;
      if (occurrence.last !== undefined && (into.last === undefined || occurrence.last > into.last))
        into.last = occurrence.last;
      for (const ip of occurrence.srcIps) if (into.srcIps.size < MAX_ADDRESSES) into.srcIps.add(ip);
      for (const place of occurrence.places) if (into.places.length < MAX_PLACES) into.places.push(place);
    }
  }
  return joined.sort((a, b) => (a.first ?? 0) - (b.first ?? 0));
}
