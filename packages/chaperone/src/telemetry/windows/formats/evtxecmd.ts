import type { EventClass, LogEvent, Place } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { parseTime } from '../../time/index.ts';
import { windowsClass } from '../classes.ts';
import { derive, refined } from './derive.ts';
import { comparable, isObject, type Json, own, text, visitScalars } from './json-object.ts';
import { dataOf } from './tree-event.ts';

/** Eric Zimmerman's EvtxECmd (`--json`): header in fields of its own names, data as JSON text in `Payload`. */
export const evtxecmd: Format = {
  name: 'evtxecmd',
  title: 'Windows events as JSON by EvtxECmd',
  framing: 'json',
  recognise(_text, json) {
    if (json === undefined || json.EventId === undefined) return 0;
    return typeof json.Payload === 'string' && typeof json.Channel === 'string' && json.Provider !== undefined
      ? 0.97
      : 0;
  },
  decode(raw: string, json: Json | undefined, place: Place, context: DecodeContext): LogEvent | undefined {
    if (json === undefined || json.EventId === undefined) return undefined;
    const kind = windowsClass(text(json.Provider), text(json.Channel), text(json.EventId));
    const time = parseTime(json.TimeCreated, 'UTC', context.reference);
    const made = new PayloadEvent(kind, time, place, json, raw);
    if (kind.refine !== undefined) made.class = refined(kind, (field) => made.get(field));
    return made;
  },
};

const NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    EventID: 'EventId',
    Provider_Name: 'Provider',
    EventRecordID: 'EventRecordId',
    ComputerName: 'Computer',
    Security_UserID: 'UserId',
    Execution_ProcessID: 'ProcessId',
    Execution_ThreadID: 'ThreadId',
    TimeCreated_SystemTime: 'TimeCreated',
  }),
);

/** Of the tool's own columns, those that mean something else than the event's field of the same name. */
const NOT_THE_EVENTS = new Set(['UserName', 'ProcessId', 'ThreadId', 'UserId', 'RecordNumber', 'RemoteHost']);

class PayloadEvent implements LogEvent {
  class: EventClass;
  readonly time: number | undefined;
  readonly place: Place;
  private readonly json: Json;
  private readonly text: string;
  private data: Json | undefined;

  constructor(kind: EventClass, time: number | undefined, place: Place, json: Json, raw: string) {
    this.class = kind;
    this.time = time;
    this.place = place;
    this.json = json;
    this.text = raw;
  }

  get(field: string): unknown {
    this.data ??= payload(this.json.Payload);
    const value = own(this.data, field);
    if (value !== undefined) return comparable(value);
    const name = NAMES.get(field);
    if (name !== undefined) return own(this.json, name);
    const derived = derive(this.class, field, (other) => this.get(other));
    if (derived !== undefined) return derived;
    return NOT_THE_EVENTS.has(field) ? undefined : comparable(own(this.json, field));
  }

  values(visit: (value: unknown) => void): void {
    this.data ??= payload(this.json.Payload);
    visitScalars(this.data, visit);
    visitScalars(this.json, visit);
  }

  fields(): Json {
    this.data ??= payload(this.json.Payload);
    return { ...this.json, ...this.data };
  }

  raw(): string {
    return this.text;
  }
}

const NONE: Json = Object.freeze(Object.create(null));

function payload(value: unknown): Json {
  if (typeof value !== 'string') return NONE;
  try {
    const json: unknown = JSON.parse(value);
    return isObject(json) ? dataOf(json) : NONE;
  } catch {
    return NONE;
  }
}
