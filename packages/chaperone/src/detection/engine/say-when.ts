import type { Zone } from '../../registry/index.ts';
import { rfc3339 } from './rfc3339.ts';

/** A moment (microseconds since 1970) as people say it, with the zone named: `at 02:14:05 on 2026-11-20 (Europe/Berlin)`. */
export function sayWhen(zone: Zone, time: number): string {
  const local = rfc3339(time + zone.offset(time / 1000) * 1000);
  return `at ${local.slice(11, 19)} on ${local.slice(0, 10)} (${zone.name})`;
}

/** A span, e.g. `between 02:10:00 and 02:14:05 on 2026-11-20 (Europe/Berlin)`. */
export function saySpan(zone: Zone, from: number, to: number): string {
  const first = rfc3339(from + zone.offset(from / 1000) * 1000);
  const last = rfc3339(to + zone.offset(to / 1000) * 1000);
  if (first.slice(0, 19) === last.slice(0, 19)) return sayWhen(zone, from);
  const day = first.slice(0, 10) === last.slice(0, 10) ? '' : ` on ${first.slice(0, 10)}`;
  return `between ${first.slice(11, 19)}${day} and ${last.slice(11, 19)} on ${last.slice(0, 10)} (${zone.name})`;
}
