import { lookup } from '@chaperone/sigma';
import type { EventClass, LogEvent, Place } from '../../event.ts';
import { derive } from './derive.ts';
import { comparable, isObject, type Json, own, visitScalars } from './json-object.ts';

/** Sigma's names for the header (`System`): element, attribute. */
const HEADER: ReadonlyMap<string, readonly [element: string, attribute?: string]> = new Map(
  Object.entries({
    Provider_Name: ['Provider', 'Name'],
    Provider_Guid: ['Provider', 'Guid'],
    Provider_EventSourceName: ['Provider', 'EventSourceName'],
    Source: ['Provider', 'Name'],
    EventID: ['EventID'],
    EventID_Qualifiers: ['EventID', 'Qualifiers'],
    Version: ['Version'],
    Level: ['Level'],
    Task: ['Task'],
    Opcode: ['Opcode'],
    Keywords: ['Keywords'],
    TimeCreated_SystemTime: ['TimeCreated', 'SystemTime'],
    EventRecordID: ['EventRecordID'],
    Correlation_ActivityID: ['Correlation', 'ActivityID'],
    Correlation_RelatedActivityID: ['Correlation', 'RelatedActivityID'],
    Execution_ProcessID: ['Execution', 'ProcessID'],
    Execution_ThreadID: ['Execution', 'ThreadID'],
    Channel: ['Channel'],
    Computer: ['Computer'],
    ComputerName: ['Computer'],
    Security_UserID: ['Security', 'UserID'],
  } as Record<string, readonly [string, string?]>),
);

/** A header value of the event's tree, whichever way its writer spells attributes. */
export function header(system: Json, field: string): unknown {
  const path = HEADER.get(field);
  if (path === undefined) return undefined;
  const element = own(system, path[0]);
  const [name, attribute] = path;
  if (attribute === undefined) return isObject(element) ? textOf(element) : element;
  if (isObject(element)) {
    const attributes = element['#attributes'] ?? element._attributes ?? element.$;
    if (isObject(attributes)) return own(attributes, attribute);
    return own(element, attribute) ?? own(element, `@${attribute}`);
  }
  const beside = own(system, `${name}_attributes`);
  return isObject(beside) ? own(beside, attribute) : undefined;
}

function textOf(element: Json): unknown {
  return element['#text'] ?? element._text ?? element._ ?? element.$t;
}

/** The event's data by name: of `EventData`, or of the one element inside `UserData`. */
export function dataOf(event: Json): Json {
  const { EventData, UserData } = event;
  if (isObject(EventData)) return named(EventData);
  if (isObject(UserData)) {
    for (const inner of Object.values(UserData))
      if (isObject(inner) && !isAttributes(UserData, inner)) return named(inner);
  }
  return NONE;
}

function isAttributes(parent: Json, value: Json): boolean {
  return parent['#attributes'] === value || parent._attributes === value || parent.$ === value;
}

/** `Data` elements with a `Name`, where the writer didn't make fields of them. */
function named(data: Json): Json {
  const list = data.Data;
  const elements = Array.isArray(list) ? list : [list];
  if (!elements.some((element) => isObject(element) && nameOf(element) !== undefined)) return data;
  const fields: Record<string, unknown> = Object.create(null);
  const rest: unknown[] = [];
  for (const element of elements) {
    const name = isObject(element) ? nameOf(element) : undefined;
    if (name === undefined) rest.push(isObject(element) ? textOf(element) : element);
    else fields[name] = textOf(element as Json) ?? '';
  }
  if (rest.length > 0) fields.Data = rest;
  return fields;
}

function nameOf(element: Json): string | undefined {
  const attributes = element['#attributes'] ?? element._attributes ?? element.$;
  const name = isObject(attributes) ? attributes.Name : (element['@Name'] ?? element.Name);
  return typeof name === 'string' ? name : undefined;
}

const NONE: Json = Object.freeze(Object.create(null));

/** An event as the tree of its XML: header in `System`, data in `EventData` or `UserData`. */
export class TreeEvent implements LogEvent {
  class: EventClass;
  readonly time: number | undefined;
  readonly place: Place;
  private readonly root: Json;
  private readonly system: Json;
  private readonly data: Json;
  private readonly text: string;

  constructor(
    kind: EventClass,
    time: number | undefined,
    place: Place,
    root: Json,
    system: Json,
    data: Json,
    text: string,
  ) {
    this.class = kind;
    this.time = time;
    this.place = place;
    this.root = root;
    this.system = system;
    this.data = data;
    this.text = text;
  }

  get(field: string): unknown {
    const value = this.data[field];
    if (typeof value === 'string' || typeof value === 'number') return value;
    return this.#other(field);
  }

  #other(field: string): unknown {
    const value = own(this.data, field);
    if (value !== undefined) return plain(value);
    const head = header(this.system, field);
    if (head !== undefined) return head;
    const derived = derive(this.class, field, (name) => this.get(name));
    if (derived !== undefined) return derived;
    return field.includes('.') ? comparable(lookup(this.root, field)) : undefined;
  }

  values(visit: (value: unknown) => void): void {
    visitScalars(this.system, visit);
    visitScalars(this.data, visit);
  }

  fields(): Json {
    return this.root;
  }

  raw(): string {
    return this.text;
  }
}

/** Data elements may be objects with a text (evtx_dump) or lists of them. */
function plain(value: unknown): unknown {
  if (isObject(value) && textOf(value) !== undefined) return comparable(textOf(value));
  if (Array.isArray(value))
    return comparable(value.map((element) => (isObject(element) ? (textOf(element) ?? element) : element)));
  return comparable(value);
}
