import type { RecordCursor } from '@chaperone/evtx';
import type { EventClass, LogEvent, Place } from '../../telemetry/index.ts';

/** An EVTX record under the cursor as a log event. Valid only until the cursor moves on. */
export class CursorEvent implements LogEvent {
  readonly class: EventClass;
  readonly time: number | undefined;
  readonly place: Place;
  private readonly cursor: RecordCursor;

  constructor(cursor: RecordCursor, eventClass: EventClass, time: number, file: string) {
    this.cursor = cursor;
    this.class = eventClass;
    this.time = !Number.isNaN(time) ? time : undefined;
    this.place = { file, record: cursor.recordId, offset: cursor.offset };
  }

  get(field: string): unknown {
    const value = this.cursor.get(field);
    return value === undefined ? derivedValue(this.class, field, this.cursor) : value;
  }

  values(visit: (value: unknown) => void): void {
    this.cursor.values(visit);
  }

  fields(): Readonly<Record<string, unknown>> {
    return this.cursor.event() as Record<string, unknown>;
  }

  raw(): string {
    return this.cursor.xml();
  }
}

/** A field that the class makes from others; undefined where it makes none of that name. */
export function derivedValue(eventClass: EventClass, field: string, cursor: RecordCursor): unknown {
  const derived = eventClass.derived;
  if (derived === undefined || !Object.hasOwn(derived, field)) return undefined;
  const { from, make } = derived[field];
  return make(from.map((name) => cursor.get(name)));
}
