import {
  type Activity,
  type ActivityTransfer,
  type Attribution,
  fromTransfer,
  type Registry,
  toTransfer,
  wallClock,
  within,
} from '../../registry/index.ts';
import { isVpn } from '../attribution/gateway.ts';
import { principalOf } from '../attribution/principal.ts';
import { type VpnRecord, vpnKind } from './vpn-log.ts';

type Place = Activity['place'];

/**
 * Provider events as the judge remembers them: per activity and half hour one slot, with a bit for each minute in which something happened. A week of
 * a busy agent is 336 slots, and the minute of every event is still known.
 */
export interface Slot {
  count: number;
  /** bit n: something happened in minute n of the half hour; 0 in a coarse slot */
  minutes: number;
  /** microseconds; NaN where the events state no time */
  first: number;
  last: number;
  place: Place;
}

/** Everything one worker's judge has seen, as plain data. */
export interface JudgeTransfer {
  readonly activities: readonly ActivityTransfer[];
  /** per activity: number of the half hour (or NaN), slot */
  readonly slots: readonly (readonly (readonly [number, Slot])[])[];
  readonly vpn: readonly VpnRecord[];
  readonly vpnDropped: number;
  readonly coarse: boolean;
}

const MINUTE = 60_000_000;
export const HALF_HOUR = 30 * MINUTE;
/** Untimed events: one slot for all. */
const UNTIMED = -1;
/** Bounds per worker: 100,000 slots (about 25 MB); then a slot is a day and knows its ends only. */
const MAX_SLOTS = 100_000;
/** 48 half hours are a day. Coarse slots live above this number, where no half hour since 1970 is. */
const COARSE = 1e9;
const MAX_VPN = 200_000;
/** Hours of at most this many terms split a slot, so that it lies inside or outside as a whole. */
export const MAX_SPLIT = 6;

/** What the judge collects while events go by. */
export class Observations {
  readonly #registry: Registry;
  readonly #slots = new Map<Activity, Map<number, Slot>>();
  #vpn: VpnRecord[] = [];
  #vpnDropped = 0;
  #size = 0;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Whether events of this activity must come one by one. */
  wants(facts: Activity['facts'], attribution: Attribution): boolean {
    return attribution.provider !== undefined || isVpn(facts);
  }

  observe(activity: Activity, time: number | undefined, place: Place): void {
    const timed = time !== undefined && !Number.isNaN(time);
    if (isVpn(activity.facts)) this.#observeVpn(activity, timed ? time : undefined, place);
    if (activity.attribution.provider === undefined) return;
    let slots = this.#slots.get(activity);
    if (slots === undefined) {
      slots = new Map();
      this.#slots.set(activity, slots);
    }
    const key = timed ? this.#key(activity, time) : UNTIMED;
    const slot = slots.get(key);
    if (slot === undefined) {
      this.#size++;
      slots.set(key, {
        count: 1,
        minutes: timed && key < COARSE ? 1 << minuteOf(time) : 0,
        first: timed ? time : Number.NaN,
        last: timed ? time : Number.NaN,
        place,
      });
      return;
    }
    slot.count++;
    if (!timed) return;
    if (key < COARSE) slot.minutes |= 1 << minuteOf(time);
    if (time < slot.first) {
      slot.first = time;
      slot.place = place;
    }
    if (time > slot.last) slot.last = time;
  }

  /** Slots and VPN lines that are remembered, as a share of what may be; from 1 on they are coarse or dropped. */
  get load(): number {
    return Math.max(this.#size / MAX_SLOTS, this.#vpn.length / MAX_VPN);
  }

  /** Forgets what ended before a moment (microseconds). Events without a time go too: nobody knows how old they are. */
  forget(before: number): void {
    this.#size = 0;
    for (const [activity, slots] of this.#slots) {
      for (const [key, slot] of slots) if (!(slot.last >= before)) slots.delete(key);
      if (slots.size === 0) this.#slots.delete(activity);
      else this.#size += slots.size;
    }
    const kept = this.#vpn.filter(({ time }) => time >= before);
    if (kept.length < this.#vpn.length) this.#vpnDropped = 0;
    this.#vpn = kept;
  }

  toTransfer(): JudgeTransfer {
    const activities = [...this.#slots.keys()];
    return {
      activities: toTransfer(activities),
      slots: activities.map((activity) => [...this.#slots.get(activity)!]),
      vpn: this.#vpn,
      vpnDropped: this.#vpnDropped,
      coarse: this.#size >= MAX_SLOTS,
    };
  }

  // Half hour and, in the lowest bits, which terms' hours the moment lies in: then a slot's place stands for all of it.
  #key(activity: Activity, time: number): number {
    if (this.#size >= MAX_SLOTS) return COARSE + Math.floor(time / (48 * HALF_HOUR));
    const account = activity.attribution.declared;
    let mask = 0;
    if (account !== undefined) {
      let bit = 0;
      for (const term of this.#registry.accounts[account]!.provider.terms) {
        if (term.when === undefined) continue;
        if (within(term.when.hours, wallClock(term.when.zone, time / 1000))) mask |= 1 << bit;
        if (++bit === MAX_SPLIT) break;
      }
    }
    return Math.floor(time / HALF_HOUR) * 64 + mask;
  }

  #observeVpn(activity: Activity, time: number | undefined, place: Place): void {
    if (time === undefined) return;
    if (this.#vpn.length >= MAX_VPN) {
      this.#vpnDropped++;
      return;
    }
    const { facts, attribution } = activity;
    const principal = principalOf(facts);
    this.#vpn.push({
      time,
      kind: vpnKind(facts),
      user: principal.name,
      label: principal.label,
      outer: facts.values['src_endpoint.ip'],
      inner: facts.values['src_endpoint.assigned_ip'],
      factor: facts.values['auth.factor'],
      gateway: facts.values['device.hostname'],
      provider: attribution.provider,
      declared: attribution.declared,
      place,
    });
  }
}

function minuteOf(time: number): number {
  return Math.floor((time - Math.floor(time / HALF_HOUR) * HALF_HOUR) / MINUTE);
}

/** One activity of all workers with its slots. */
export interface Observed {
  readonly activity: Activity;
  readonly slots: readonly Slot[];
}

/** Joins what all workers saw. */
export function mergeObservations(parts: readonly JudgeTransfer[]): {
  observed: Observed[];
  vpn: VpnRecord[];
  vpnComplete: boolean;
  coarse: boolean;
} {
  const byKey = new Map<string, { activity: Activity; slots: Map<number, Slot> }>();
  for (const part of parts) {
    part.activities.forEach((sent, at) => {
      const key = JSON.stringify([
        sent.class.key,
        sent.outcome,
        Object.entries(sent.values).sort(([a], [b]) => (a < b ? -1 : 1)),
      ]);
      let known = byKey.get(key);
      if (known === undefined) {
        known = { activity: fromTransfer([[sent]])[0]!, slots: new Map() };
        byKey.set(key, known);
      }
      for (const [number, slot] of part.slots[at]!) {
        const same = known.slots.get(number);
        if (same === undefined) known.slots.set(number, { ...slot });
        else {
          same.count += slot.count;
          same.minutes |= slot.minutes;
          if (slot.first < same.first) {
            same.first = slot.first;
            same.place = slot.place;
          }
          if (slot.last > same.last) same.last = slot.last;
        }
      }
    });
  }
  const observed = [...byKey.values()].map(({ activity, slots }) => ({
    activity,
    slots: [...slots.values()].sort((a, b) => a.first - b.first),
  }));
  return {
    observed,
    vpn: parts.flatMap((part) => part.vpn),
    vpnComplete: parts.every((part) => part.vpnDropped === 0),
    coarse: parts.some((part) => part.coarse),
  };
}

/** The moments of a slot, in microseconds, to the minute; its ends exactly. `undefined` stands for events without a time. */
export function momentsOf(slot: Slot): (number | undefined)[] {
  if (Number.isNaN(slot.first)) return [undefined];
  if (slot.minutes === 0) return slot.first === slot.last ? [slot.first] : [slot.first, slot.last];
  const start = Math.floor(slot.first / HALF_HOUR) * HALF_HOUR;
  const moments: number[] = [];
  for (let minute = 0; minute < 30; minute++) {
    if ((slot.minutes & (1 << minute)) === 0) continue;
    const at = start + minute * MINUTE;
    moments.push(Math.min(Math.max(at, slot.first), slot.last));
  }
  return moments;
}
