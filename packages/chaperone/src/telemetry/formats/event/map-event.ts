import type { EventClass, LogEvent, Place } from '../../event.ts';
import type { Envelope } from '../syslog/envelope.ts';
import { visitScalars } from './visit-scalars.ts';

/** An event whose field names come from the line itself (`key=value`); with an envelope where the line came by syslog. */
export class MapEvent implements LogEvent {
  readonly class: EventClass;
  readonly time: number | undefined;
  readonly place: Place;
  readonly #fields: ReadonlyMap<string, unknown>;
  readonly #text: string;
  readonly #envelope: Envelope | undefined;
  readonly #derived: ((field: string, fields: ReadonlyMap<string, unknown>) => unknown) | undefined;

  /** @param derived answers for names that the line itself hasn't: aliases, constants, computed values */
  constructor(
    kind: EventClass,
    time: number | undefined,
    place: Place,
    text: string,
    fields: ReadonlyMap<string, unknown>,
    envelope?: Envelope,
    derived?: (field: string, fields: ReadonlyMap<string, unknown>) => unknown,
  ) {
    this.class = kind;
    this.time = time;
    this.place = place;
    this.#text = text;
    this.#fields = fields;
    this.#envelope = envelope;
    this.#derived = derived;
  }

  get(field: string): unknown {
    const own = this.#fields.get(field);
    if (own !== undefined) return own;
    return this.#derived?.(field, this.#fields) ?? this.#envelope?.get(field);
  }

  values(visit: (value: unknown) => void): void {
    for (const value of this.#fields.values()) visitScalars(value, visit);
    this.#envelope?.values(visit);
  }

  fields(): Readonly<Record<string, unknown>> {
    const own = Object.fromEntries(this.#fields);
    return this.#envelope === undefined ? own : { ...this.#envelope.fields(), ...own };
  }

  raw(): string {
    return this.#text;
  }
}
