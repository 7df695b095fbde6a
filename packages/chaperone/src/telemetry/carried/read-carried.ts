import type { EventClass, LogEvent, Place } from '../event.ts';
import { ClassTable } from '../formats/event/class-table.ts';
import { JsonEvent } from '../formats/event/json-event.ts';
import type { Carried } from './carried-event.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * The member that marks a record as one with something beside it. A listener writes it first into the object that it was sent; what a sender writes
 * itself does no harm, for it says no more than the sender may.
 */
export const CARRIED = '@carried';

/** A record taken out of what carried it. */
export interface Unpacked {
  /** undefined: there is none, only what stands beside it */
  readonly record: string | Json | undefined;
  readonly carried: Carried;
  /** the event of a record that no format knows: its text or its members, with what stands beside them */
  unknown(place: Place): LogEvent;
}

/** Undefined for a record that carries nothing. */
export function unpack(json: Json): Unpacked | undefined {
  if (json[CARRIED] === 'hec') return hec(json);
  if (json[CARRIED] === 'otlp') return otlp(json);
  return undefined;
}

function hec(json: Json): Unpacked {
  const { event } = json;
  const fields = objectOf(json.fields);
  const about = pick(json, ['host', 'source', 'sourcetype', 'index', 'fields', 'time']);
  const service = textOf(json.sourcetype) ?? '';
  return {
    record: recordOf(event),
    carried: {
      about: { hec: about },
      within: [about, fields],
      host: textOf(json.host),
      time: epoch(json.time),
    },
    unknown: (place) => unknownEvent(HEC.of(service), place, event),
  };
}

function otlp(json: Json): Unpacked {
  const { body } = json;
  const attributes = objectOf(json.attributes);
  const resource = objectOf(json.resource);
  const about = pick(json, [
    'resource',
    'scope',
    'attributes',
    'severity_text',
    'severity_number',
    'event_name',
    'trace_id',
    'span_id',
    'time_unix_nano',
    'observed_time_unix_nano',
  ]);
  const structured = body !== null && typeof body === 'object' && !Array.isArray(body);
  const record = structured ? { ...attributes, ...(body as Json) } : (recordOf(body) ?? attributes);
  return {
    record,
    carried: {
      about: { otlp: about },
      within: [attributes, resource, about],
      host: textOf(resource['host.name']),
      time: epoch(json.time_unix_nano) ?? epoch(json.observed_time_unix_nano),
    },
    unknown: (place) => unknownEvent(OTLP.of(textOf(resource['service.name']) ?? ''), place, body),
  };
}

const kinds = (format: string) =>
  new ClassTable(format, (service) => ({
    offers: [{ product: format, ...(service === '' || service === '*' ? {} : { service: service.toLowerCase() }) }],
    roles: [{ field: 'hostname', as: 'device.hostname' }],
  }));
const HEC = kinds('hec');
const OTLP = kinds('otlp');

function unknownEvent(kind: EventClass, place: Place, record: unknown): LogEvent {
  const own =
    record !== null && typeof record === 'object' && !Array.isArray(record)
      ? (record as Json)
      : record === undefined || record === null
        ? {}
        : { message: record };
  return new JsonEvent(kind, undefined, place, undefined, own, {});
}

function recordOf(value: unknown): string | Json | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (value === null || value === undefined) return undefined;
  return typeof value === 'object' && !Array.isArray(value) ? (value as Json) : JSON.stringify(value);
}

function pick(json: Json, names: readonly string[]): Json {
  return Object.fromEntries(names.flatMap((name) => (json[name] === undefined ? [] : [[name, json[name]]])));
}

function objectOf(value: unknown): Json {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Json) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Microseconds of an epoch in seconds, milliseconds, microseconds or nanoseconds, which its size tells apart for the years 1973 to 5138. */
function epoch(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Number(value.trim() || Number.NaN) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number <= 0) return undefined;
  const scale = number < 1e11 ? 1e6 : number < 1e14 ? 1e3 : number < 1e17 ? 1 : 1e-3;
  return Math.round(number * scale);
}
