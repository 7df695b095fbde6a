import type { Zone } from '../../registry/index.ts';
import { rfc3339 } from './rfc3339.ts';

/** A moment (microseconds since 1970) as people say it, with the zone named: `at 02:14:05 on 2026-11-20 (Europe/Berlin)`. */
export function sayWhen(zone: Zone, time: number): string {
  const { day, clock } = wall(zone, time);
  return `at ${clock} on ${day} (${zone.name})`;
}

/** A span, e.g. `between 02:10:00 and 02:14:05 on 2026-11-20 (Europe/Berlin)`. */
export function saySpan(zone: Zone, from: number, to: number): string {
  const first = wall(zone, from);
  const last = wall(zone, to);
  if (first.day === last.day && first.clock === last.clock) return sayWhen(zone, from);
  const on = first.day === last.day ? '' : ` on ${first.day}`;
  return `between ${first.clock}${on} and ${last.clock} on ${last.day} (${zone.name})`;
}

function wall(zone: Zone, time: number): { readonly day: string; readonly clock: string } {
  const local = rfc3339(time + zone.offset(time / 1000) * 1000);
  const at = local.indexOf('T');
  return { day: local.slice(0, at), clock: local.slice(at + 1, at + 9) };
}
