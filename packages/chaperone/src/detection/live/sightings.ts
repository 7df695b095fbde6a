import type { LogEvent, Place } from '../../telemetry/index.ts';
import type { Indicator } from '../indicators/index.ts';
import { RecentIds } from './recent-ids.ts';

/** Indicators in the events of a batch, by type and value: in which events, and when last (milliseconds since 1970). */
export type Meetings = ReadonlyMap<string, Meeting>;

interface Meeting {
  readonly indicator: Indicator;
  readonly events: Set<string>;
  at: number;
}

/** Counts in which events indicators are met; each once, however often it is delivered. */
export class Sightings {
  /** events in which an indicator was met, with the indicator */
  readonly #known = new RecentIds();
  #met = new Map<string, Meeting>();

  /** @param received microseconds since 1970 */
  meet(indicator: Indicator, event: LogEvent, received: number): void {
    const key = `${indicator.type} ${indicator.value}`;
    const { event: id } = event.place as Place & { readonly event: string };
    if (this.#known.has(`${id} ${key}`)) return;
    const time = event.time === undefined || Number.isNaN(event.time) ? received : event.time;
    // A clock that is wrong must not renew what decays for years.
    const at = Math.max(0, Math.min(time, received)) / 1000;
    const known = this.#met.get(key);
    if (known === undefined) this.#met.set(key, { indicator, events: new Set([id]), at });
    else {
      known.events.add(id);
      known.at = Math.max(known.at, at);
    }
  }

  /** What was met since it was asked last. */
  take(): Meetings {
    const met = this.#met;
    this.#met = new Map();
    return met;
  }

  /** Says that the events are stored: when they come again, they don't count. */
  stored(met: Meetings): void {
    for (const [key, { events }] of met) for (const event of events) this.#known.add(`${event} ${key}`);
  }
}
