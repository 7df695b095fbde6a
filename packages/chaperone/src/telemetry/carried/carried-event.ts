import { lookup } from '@chaperone/sigma';
import type { EventClass, LogEvent, Place } from '../event.ts';
import { visitScalars } from '../formats/event/visit-scalars.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a protocol said beside the record: the sender's host, its attributes, a time. */
export interface Carried {
  /** as it is listed among the event's fields */
  readonly about: Json;
  /** objects whose members answer to their own names, the first that has one */
  readonly within: readonly Json[];
  readonly host: string | undefined;
  /** microseconds since 1970 */
  readonly time: number | undefined;
}

/** An event with what the protocol said beside it. The event's own fields come first; the host and the time are its sender's where it states none. */
export class CarriedEvent implements LogEvent {
  readonly class: EventClass;
  readonly time: number | undefined;
  readonly place: Place;
  readonly #inner: LogEvent;
  readonly #carried: Carried;
  readonly #text: string;

  constructor(inner: LogEvent, carried: Carried, text: string) {
    this.class = inner.class;
    this.time = inner.time ?? carried.time;
    this.place = inner.place;
    this.#inner = inner;
    this.#carried = carried;
    this.#text = text;
  }

  get(field: string): unknown {
    const own = this.#inner.get(field);
    if (own !== undefined) return own;
    const { about, within, host } = this.#carried;
    for (const object of within) {
      const value = lookup(object, field);
      if (value !== undefined) return value;
    }
    return lookup(about, field) ?? (field === 'hostname' || field === 'host' ? host : undefined);
  }

  values(visit: (value: unknown) => void): void {
    this.#inner.values(visit);
    visitScalars(this.#carried.about, visit);
  }

  fields(): Json {
    return { ...this.#carried.about, ...this.#inner.fields() };
  }

  raw(): string {
    return this.#text;
  }
}
