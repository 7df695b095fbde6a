import { decodeValue } from '../src/value.ts';
import { ValueType } from '../src/value-type.ts';
import { type FieldValue, type TypedValue, toFileTime, toTyped, values } from './values.ts';
import type { Fragment, Instance, Part, XmlElement } from './xml-element.ts';

/** UserData's one element and its fields. */
export interface UserData {
  readonly name: string;
  readonly namespace?: string;
  readonly fields: Readonly<Record<string, FieldValue>>;
}

/** An event to write. What is left out is what Windows writes most. */
export interface EventSpec {
  readonly provider: string;
  readonly providerGuid?: string;
  /** Provider/EventSourceName, of classic sources */
  readonly eventSource?: string;
  readonly eventId: number;
  readonly qualifiers?: number;
  readonly version?: number;
  readonly level?: number;
  readonly task?: number;
  readonly opcode?: number;
  readonly keywords?: bigint | number;
  /** microseconds since 1970, or a date */
  readonly time: number | Date;
  /** when the record was written, if not at `time` */
  readonly written?: number | Date;
  /** by default the records are numbered through */
  readonly recordId?: number;
  readonly activityId?: string;
  readonly relatedActivityId?: string;
  readonly processId?: number;
  readonly threadId?: number;
  readonly channel: string;
  readonly computer: string;
  readonly userSid?: string;
  /** named fields of EventData, or the values of `<Data>` elements without names */
  readonly data?: Readonly<Record<string, FieldValue>> | readonly FieldValue[];
  readonly userData?: UserData;
  /** false: writes elements instead of templates with values, as forwarded and converted logs have them */
  readonly template?: boolean;
}

const NAMESPACE = 'http://schemas.microsoft.com/win/2004/08/events/event';

/** The record content that an event is written as: templates nested as Windows nests them. */
export function eventBody(spec: EventSpec, id: number): Instance | Fragment {
  const system = systemValues(spec, id);
  const payload = spec.userData === undefined ? eventData(spec.data) : userData(spec.userData);
  if (spec.template === false) {
    const event = inline(eventTemplate(false), system);
    return { elements: [{ ...event, children: [...(event.children ?? []), ...(payload ? [inlineOf(payload)] : [])] }] };
  }
  return { template: EVENT, values: [...system, payload ?? values.nothing()] };
}

const PAYLOAD = 19;

/** The values of System in the order in which Windows numbers them. */
function systemValues(spec: EventSpec, id: number): TypedValue[] {
  const guid = (text: string | undefined) => (text === undefined ? values.nothing() : values.guid(text));
  const text = (value: string | undefined) => (value === undefined ? values.nothing() : values.string(value));
  return [
    values.uint8(spec.level ?? 0),
    values.uint8(spec.opcode ?? 0),
    values.uint16(spec.task ?? 0),
    values.uint16(spec.eventId),
    spec.qualifiers === undefined ? values.nothing() : values.uint16(spec.qualifiers),
    values.hex64(spec.keywords ?? 0x8000_0000_0000_0000n),
    values.fileTimeTicks(toFileTime(spec.time)),
    guid(spec.activityId),
    values.uint32(spec.processId ?? 4),
    values.uint32(spec.threadId ?? 8),
    values.uint64(spec.recordId ?? id),
    values.uint8(spec.version ?? 0),
    spec.userSid === undefined ? values.nothing() : values.sid(spec.userSid),
    guid(spec.relatedActivityId),
    text(spec.provider),
    guid(spec.providerGuid),
    text(spec.channel),
    text(spec.computer),
    text(spec.eventSource),
  ];
}

function eventTemplate(withPayload: boolean): XmlElement {
  const leaf = (name: string, slot: number, type: number, attributes: XmlElement['attributes'] = []): XmlElement => ({
    name,
    attributes,
    children: [{ slot, type }],
  });
  const optional = (slot: number, type: number): Part => ({ slot, type, optional: true });
  const system: XmlElement = {
    name: 'System',
    children: [
      {
        name: 'Provider',
        attributes: [
          ['Name', optional(14, ValueType.String)],
          ['Guid', optional(15, ValueType.Guid)],
          ['EventSourceName', optional(18, ValueType.String)],
        ],
      },
      leaf('EventID', 3, ValueType.UInt16, [['Qualifiers', optional(4, ValueType.UInt16)]]),
      leaf('Version', 11, ValueType.UInt8),
      leaf('Level', 0, ValueType.UInt8),
      leaf('Task', 2, ValueType.UInt16),
      leaf('Opcode', 1, ValueType.UInt8),
      leaf('Keywords', 5, ValueType.HexInt64),
      { name: 'TimeCreated', attributes: [['SystemTime', { slot: 6, type: ValueType.FileTime }]] },
      leaf('EventRecordID', 10, ValueType.UInt64),
      {
        name: 'Correlation',
        attributes: [
          ['ActivityID', optional(7, ValueType.Guid)],
          ['RelatedActivityID', optional(13, ValueType.Guid)],
        ],
      },
      {
        name: 'Execution',
        attributes: [
          ['ProcessID', optional(8, ValueType.UInt32)],
          ['ThreadID', optional(9, ValueType.UInt32)],
        ],
      },
      leaf('Channel', 16, ValueType.String),
      leaf('Computer', 17, ValueType.String),
      { name: 'Security', attributes: [['UserID', optional(12, ValueType.Sid)]] },
    ],
  };
  return {
    name: 'Event',
    attributes: [['xmlns', NAMESPACE]],
    children: withPayload ? [system, { slot: PAYLOAD, type: ValueType.BinXml, optional: true }] : [system],
  };
}

const EVENT = eventTemplate(true);

/** EventData templates by their fields, so that events of a kind share one; few kinds are written in one process. */
const dataTemplates = new Map<string, XmlElement>();

function eventData(data: EventSpec['data']): Instance | undefined {
  if (data === undefined) return undefined;
  const named = !Array.isArray(data);
  const fields = named ? Object.entries(data as Record<string, FieldValue>) : data.map((value) => ['', value] as const);
  const typed = fields.map(([, value]) => toTyped(value));
  const key = JSON.stringify([named, ...fields.map(([name], slot) => [name, slotType(typed[slot])])]);
  const known = dataTemplates.get(key);
  if (known !== undefined) return { template: known, values: typed };
  const children = fields.map(
    ([name], slot): XmlElement => ({
      name: 'Data',
      attributes: named ? [['Name', name]] : [],
      children: [{ slot, type: slotType(typed[slot]) }],
    }),
  );
  const template: XmlElement = { name: 'EventData', children };
  if (dataTemplates.size < 4096) dataTemplates.set(key, template);
  return { template, values: typed };
}

function userData({ name, namespace, fields }: UserData): Instance {
  const entries = Object.entries(fields);
  const typed = entries.map(([, value]) => toTyped(value));
  const element: XmlElement = {
    name,
    attributes: namespace === undefined ? [] : [['xmlns', namespace]],
    children: entries.map(([field], slot) => ({ name: field, children: [{ slot, type: slotType(typed[slot]) }] })),
  };
  return { template: { name: 'UserData', children: [element] }, values: typed };
}

/** A template states the type that its slot mostly has; a null value still stands in a slot of type string. */
function slotType(value: TypedValue): number {
  return value.type === ValueType.Null ? ValueType.String : value.type;
}

function inlineOf({ template, values: given }: Instance): XmlElement {
  return inline(template, given as TypedValue[]);
}

/** A template with its values as text in place of the slots; attributes without a value are left out. */
function inline(element: XmlElement, given: readonly TypedValue[]): XmlElement {
  const text = (part: Part): string => {
    if (typeof part === 'string') return part;
    const { type, bytes } = given[part.slot];
    return String(decodeValue(Buffer.from(bytes), type, 0, bytes.length) ?? '');
  };
  return {
    name: element.name,
    attributes: (element.attributes ?? [])
      .map(([name, value]) => [name, text(value)] as const)
      .filter(([, v]) => v !== ''),
    children: (element.children ?? [])
      .map((child) => (typeof child === 'object' && 'name' in child ? inline(child, given) : text(child)))
      .filter((child) => child !== ''),
  };
}
