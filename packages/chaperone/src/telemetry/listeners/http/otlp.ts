import protobuf from 'protobufjs';
import { CARRIED } from '../../carried/index.ts';

/** OTLP's log messages as far as records need them; field numbers by opentelemetry-proto 1.x (logs.proto, common.proto, resource.proto). */
const root = protobuf.Root.fromJSON({
  nested: {
    ExportLogsServiceRequest: { fields: { resourceLogs: { rule: 'repeated', type: 'ResourceLogs', id: 1 } } },
    ResourceLogs: {
      fields: { resource: { type: 'Resource', id: 1 }, scopeLogs: { rule: 'repeated', type: 'ScopeLogs', id: 2 } },
    },
    Resource: { fields: { attributes: { rule: 'repeated', type: 'KeyValue', id: 1 } } },
    ScopeLogs: {
      fields: { scope: { type: 'Scope', id: 1 }, logRecords: { rule: 'repeated', type: 'LogRecord', id: 2 } },
    },
    Scope: {
      fields: {
        name: { type: 'string', id: 1 },
        version: { type: 'string', id: 2 },
        attributes: { rule: 'repeated', type: 'KeyValue', id: 3 },
      },
    },
    LogRecord: {
      fields: {
        timeUnixNano: { type: 'fixed64', id: 1 },
        severityNumber: { type: 'int32', id: 2 },
        severityText: { type: 'string', id: 3 },
        body: { type: 'AnyValue', id: 5 },
        attributes: { rule: 'repeated', type: 'KeyValue', id: 6 },
        traceId: { type: 'bytes', id: 9 },
        spanId: { type: 'bytes', id: 10 },
        observedTimeUnixNano: { type: 'fixed64', id: 11 },
        eventName: { type: 'string', id: 12 },
      },
    },
    KeyValue: { fields: { key: { type: 'string', id: 1 }, value: { type: 'AnyValue', id: 2 } } },
    AnyValue: {
      oneofs: {
        value: {
          oneof: ['stringValue', 'boolValue', 'intValue', 'doubleValue', 'arrayValue', 'kvlistValue', 'bytesValue'],
        },
      },
      fields: {
        stringValue: { type: 'string', id: 1 },
        boolValue: { type: 'bool', id: 2 },
        intValue: { type: 'int64', id: 3 },
        doubleValue: { type: 'double', id: 4 },
        arrayValue: { type: 'ArrayValue', id: 5 },
        kvlistValue: { type: 'KeyValueList', id: 6 },
        bytesValue: { type: 'bytes', id: 7 },
      },
    },
    ArrayValue: { fields: { values: { rule: 'repeated', type: 'AnyValue', id: 1 } } },
    KeyValueList: { fields: { values: { rule: 'repeated', type: 'KeyValue', id: 1 } } },
  },
});
const Request = root.lookupType('ExportLogsServiceRequest');

interface KeyValue {
  readonly key?: string;
  readonly value?: AnyValue;
}

interface AnyValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values?: readonly AnyValue[] };
  readonly kvlistValue?: { readonly values?: readonly KeyValue[] };
  readonly bytesValue?: string;
}

interface LogRecord {
  readonly body?: AnyValue;
  readonly attributes?: readonly KeyValue[];
  readonly timeUnixNano?: string | number;
  readonly observedTimeUnixNano?: string | number;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly eventName?: string;
  readonly traceId?: string;
  readonly spanId?: string;
}

interface ExportRequest {
  readonly resourceLogs?: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValue[] };
    readonly scopeLogs?: readonly {
      readonly scope?: { readonly name?: string; readonly version?: string; readonly attributes?: readonly KeyValue[] };
      readonly logRecords?: readonly LogRecord[];
    }[];
  }[];
}

const DEEPEST = 32;

/**
 * The records of an OTLP logs request, protobuf or JSON: each a JSON object that carries the body and all that is said beside it (resource, scope,
 * attributes, severity, times). A body with nothing beside it is the record itself.
 *
 * @throws Error for what is no such request
 */
export function parseOtlp(body: Buffer, json: boolean): Buffer[] {
  const request = (
    json ? JSON.parse(body.toString('utf8')) : Request.toObject(Request.decode(body), { longs: String, bytes: String })
  ) as ExportRequest;
  const records: Buffer[] = [];
  for (const { resource, scopeLogs = [] } of request.resourceLogs ?? []) {
    const about = membersOf(resource?.attributes);
    for (const { scope, logRecords = [] } of scopeLogs) {
      const by = scopeOf(scope);
      for (const record of logRecords) {
        const beside = without({
          time_unix_nano: nanosOf(record.timeUnixNano),
          observed_time_unix_nano: nanosOf(record.observedTimeUnixNano),
          severity_number: record.severityNumber || undefined,
          severity_text: record.severityText || undefined,
          event_name: record.eventName || undefined,
          trace_id: idOf(record.traceId, json),
          span_id: idOf(record.spanId, json),
          resource: about,
          scope: by,
          attributes: membersOf(record.attributes),
        });
        const plain = plainOf(record.body, 0);
        const carried = Object.keys(beside).length > 0 ? { [CARRIED]: 'otlp', ...beside, body: plain } : plain;
        records.push(Buffer.from(typeof carried === 'string' ? carried : JSON.stringify(carried ?? {})));
      }
    }
  }
  return records;
}

function scopeOf(
  scope: { readonly name?: string; readonly version?: string; readonly attributes?: readonly KeyValue[] } = {},
): Record<string, unknown> | undefined {
  const known = without({
    name: scope.name || undefined,
    version: scope.version || undefined,
    attributes: membersOf(scope.attributes),
  });
  return Object.keys(known).length === 0 ? undefined : known;
}

function membersOf(pairs: readonly KeyValue[] | undefined): Record<string, unknown> | undefined {
  return pairs === undefined || pairs.length === 0 ? undefined : objectOf(pairs, 0);
}

function without(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** Nanoseconds as text, for they are beyond what a number holds; undefined for 0, which says that none is known. */
function nanosOf(value: string | number | undefined): string | undefined {
  const text = String(value ?? 0);
  return /^0*$/.test(text) ? undefined : text;
}

/** In JSON ids are hexadecimal already (OTLP, JSON encoding); of protobuf's bytes we are given Base64. */
function idOf(value: string | undefined, hexadecimal: boolean): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  return hexadecimal ? value : Buffer.from(value, 'base64').toString('hex');
}

function plainOf(value: AnyValue | undefined, depth: number): unknown {
  if (value === undefined || depth > DEEPEST) return undefined;
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.intValue !== undefined)
    return Number.isSafeInteger(Number(value.intValue)) ? Number(value.intValue) : String(value.intValue);
  if (value.doubleValue !== undefined) return value.doubleValue;
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map((one) => plainOf(one, depth + 1));
  if (value.kvlistValue !== undefined) return objectOf(value.kvlistValue.values ?? [], depth + 1);
  return value.bytesValue;
}

function objectOf(pairs: readonly KeyValue[], depth: number): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key = '', value }) => [key, plainOf(value, depth + 1)]));
}

/** An empty answer says that all was taken: an ExportLogsServiceResponse without fields has no bytes. */
export const OTLP_ACCEPTED = { protobuf: Buffer.alloc(0), json: '{}' };
