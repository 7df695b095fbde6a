import { wallClock, type Zone } from '../../registry/index.ts';

const DAY_MS = 86_400_000;
const DAY_MINUTES = 1440;

/** Turns what is counted by UTC into a zone's clock. Offsets are taken at a day's noon: on the day of a change of clocks, an hour may be one off. */
export class LocalClock {
  readonly #zone: Zone;
  readonly #offsets = new Map<number, number>();

  constructor(zone: Zone) {
    this.#zone = zone;
  }

  /**
   * Hours (one bit each) of a day since 1970, both by UTC, as hours and weekday (0 Monday, one bit each) of the zone. Where the zone's offset isn't
   * of whole hours, an hour becomes two. The hours are of many days, so another weekday is only told where all of them lie in it.
   */
  shift(day: number, hours: number): { readonly hours: number; readonly weekdays: number } {
    const offset = this.#offsetOf(day);
    let localHours = 0;
    const days = new Set<number>();
    for (let hour = 0; hour < 24; hour++) {
      if ((hours & (1 << hour)) === 0) continue;
      for (const minute of offset % 60 === 0 ? [0] : [0, 59]) {
        const at = hour * 60 + minute + offset;
        const shifted = Math.floor(at / DAY_MINUTES);
        localHours |= 1 << Math.floor((at - shifted * DAY_MINUTES) / 60);
        days.add(shifted);
      }
    }
    const other = days.size === 1 ? [...days][0]! : 0;
    return { hours: localHours, weekdays: 1 << ((((day + other + 3) % 7) + 7) % 7) };
  }

  #offsetOf(day: number): number {
    let offset = this.#offsets.get(day);
    if (offset === undefined) {
      const wall = wallClock(this.#zone, day * DAY_MS + DAY_MS / 2);
      offset = (wall.day - day) * DAY_MINUTES + wall.minute - DAY_MINUTES / 2;
      this.#offsets.set(day, offset);
    }
    return offset;
  }
}
