import type { EventClass, NormalPath, Outcome } from '../telemetry/index.ts';
import type { Activity, Attribution } from './facts.ts';

/** An activity as plain data that passes between threads: the class by its key and what is asked of it later. */
export interface ActivityTransfer {
  readonly class: {
    readonly key: string;
    readonly format: string;
    readonly class_uid: number;
    readonly activity: string;
  };
  readonly outcome: Outcome;
  readonly values: Readonly<Partial<Record<NormalPath, string>>>;
  readonly attribution: Attribution;
  readonly count: number;
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly place: Activity['place'];
  readonly days?: readonly number[];
  readonly hours?: number;
}

/** Activities as plain data, for another thread. */
export function toTransfer(activities: Iterable<Activity>): ActivityTransfer[] {
  return Array.from(activities, (activity) => ({
    class: {
      key: activity.facts.class.key,
      format: activity.facts.class.format,
      class_uid: activity.facts.class.class_uid,
      activity: activity.facts.class.activity,
    },
    outcome: activity.facts.outcome,
    values: activity.facts.values,
    attribution: activity.attribution,
    count: activity.count,
    first: activity.first,
    last: activity.last,
    place: activity.place,
    ...(activity.days === undefined ? {} : { days: [...activity.days] }),
    ...(activity.hours === undefined ? {} : { hours: activity.hours }),
  }));
}

/**
 * Activities of all threads as one list: equal facts are one activity, with counts added and times joined. Their classes have no roles or offers
 * any more: what came from them is in `values`.
 */
export function fromTransfer(parts: Iterable<readonly ActivityTransfer[]>): Activity[] {
  const classes = new Map<string, EventClass>();
  const merged = new Map<string, { -readonly [K in keyof Activity]: Activity[K] } & { days?: Set<number> }>();
  for (const part of parts) {
    for (const sent of part) {
      let eventClass = classes.get(sent.class.key);
      if (eventClass === undefined) {
        eventClass = { ...sent.class, offers: [], roles: [] };
        classes.set(sent.class.key, eventClass);
      }
      const key = keyOf(sent);
      const known = merged.get(key);
      if (known === undefined) {
        merged.set(key, {
          facts: { class: eventClass, outcome: sent.outcome, values: sent.values },
          attribution: sent.attribution,
          count: sent.count,
          first: sent.first,
          last: sent.last,
          place: sent.place,
          ...(sent.days === undefined ? {} : { days: new Set(sent.days) }),
          ...(sent.hours === undefined ? {} : { hours: sent.hours }),
        });
        continue;
      }
      known.count += sent.count;
      if (isEarlier(sent, known)) {
        known.first = sent.first;
        known.place = sent.place;
      }
      if (sent.last !== undefined && (known.last === undefined || sent.last > known.last)) known.last = sent.last;
      if (sent.days !== undefined) {
        known.days ??= new Set();
        for (const day of sent.days) known.days.add(day);
      }
      if (sent.hours !== undefined) known.hours = (known.hours ?? 0) | sent.hours;
    }
  }
  return [...merged.values()];
}

// By time, then by place: whichever thread comes first.
function isEarlier(a: Pick<Activity, 'first' | 'place'>, b: Pick<Activity, 'first' | 'place'>): boolean {
  const [one, two] = [a.first ?? Number.POSITIVE_INFINITY, b.first ?? Number.POSITIVE_INFINITY];
  if (one !== two) return one < two;
  if (a.place.file !== b.place.file) return a.place.file < b.place.file;
  return a.place.record < b.place.record;
}

// Values are joined in order of path: two threads may have met the same fields in another order.
function keyOf(sent: ActivityTransfer): string {
  const values = Object.entries(sent.values).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([sent.class.key, sent.outcome, values]);
}
