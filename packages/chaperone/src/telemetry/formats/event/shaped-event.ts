import type { EventClass, LogEvent, Place } from '../../event.ts';
import type { Envelope } from '../syslog/envelope.ts';
import type { Shape } from './shape.ts';
import { visitScalars } from './visit-scalars.ts';

/** An event whose fields are known by its kind; with an envelope where the line came by syslog. */
export class ShapedEvent implements LogEvent {
  readonly class: EventClass;
  readonly time: number | undefined;
  readonly place: Place;
  readonly #shape: Shape;
  readonly #values: readonly unknown[];
  readonly #text: string;
  readonly #envelope: Envelope | undefined;

  constructor(
    kind: EventClass,
    time: number | undefined,
    place: Place,
    text: string,
    shape: Shape,
    values: readonly unknown[],
    envelope?: Envelope,
  ) {
    this.class = kind;
    this.time = time;
    this.place = place;
    this.#text = text;
    this.#shape = shape;
    this.#values = values;
    this.#envelope = envelope;
  }

  get(field: string): unknown {
    return this.#shape.value(this.#values, field) ?? this.#envelope?.get(field);
  }

  values(visit: (value: unknown) => void): void {
    for (const value of this.#values) visitScalars(value, visit);
    this.#envelope?.values(visit);
  }

  fields(): Readonly<Record<string, unknown>> {
    const own = this.#shape.object(this.#values);
    return this.#envelope === undefined ? own : { ...this.#envelope.fields(), ...own };
  }

  raw(): string {
    return this.#text;
  }
}
