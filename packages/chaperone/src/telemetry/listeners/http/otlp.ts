import protobuf from 'protobufjs';

/** OTLP's log messages as far as records need them; field numbers by opentelemetry-proto 1.x (logs.proto, common.proto, resource.proto). */
const root = protobuf.Root.fromJSON({
  nested: {
    ExportLogsServiceRequest: { fields: { resourceLogs: { rule: 'repeated', type: 'ResourceLogs', id: 1 } } },
    ResourceLogs: {
      fields: { resource: { type: 'Resource', id: 1 }, scopeLogs: { rule: 'repeated', type: 'ScopeLogs', id: 2 } },
    },
    Resource: { fields: { attributes: { rule: 'repeated', type: 'KeyValue', id: 1 } } },
    ScopeLogs: { fields: { logRecords: { rule: 'repeated', type: 'LogRecord', id: 2 } } },
    LogRecord: {
      fields: {
        timeUnixNano: { type: 'fixed64', id: 1 },
        severityNumber: { type: 'int32', id: 2 },
        severityText: { type: 'string', id: 3 },
        body: { type: 'AnyValue', id: 5 },
        attributes: { rule: 'repeated', type: 'KeyValue', id: 6 },
        observedTimeUnixNano: { type: 'fixed64', id: 11 },
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

interface ExportRequest {
  readonly resourceLogs?: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValue[] };
    readonly scopeLogs?: readonly {
      readonly logRecords?: readonly {
        readonly body?: AnyValue;
        readonly attributes?: readonly KeyValue[];
        readonly timeUnixNano?: string | number;
      }[];
    }[];
  }[];
}

const DEEPEST = 32;

/**
 * The records of an OTLP logs request, protobuf or JSON. A body that is text is the record; a structured one is a record of JSON, with the attributes
 * beside it where the body is no object.
 *
 * @throws Error for what is no such request
 */
export function parseOtlp(body: Buffer, json: boolean): Buffer[] {
  const request = (
    json ? JSON.parse(body.toString('utf8')) : Request.toObject(Request.decode(body), { longs: String, bytes: String })
  ) as ExportRequest;
  const records: Buffer[] = [];
  for (const { scopeLogs = [] } of request.resourceLogs ?? [])
    for (const { logRecords = [] } of scopeLogs)
      for (const { body: value, attributes = [], timeUnixNano } of logRecords) {
        const plain = plainOf(value, 0);
        if (typeof plain === 'string' && plain !== '') records.push(Buffer.from(plain));
        else {
          const time =
            timeUnixNano === undefined || Number(timeUnixNano) === 0
              ? {}
              : { '@timestamp': new Date(Number(BigInt(timeUnixNano) / 1_000_000n)).toISOString() };
          const own =
            plain !== null && typeof plain === 'object' && !Array.isArray(plain)
              ? plain
              : plain === undefined
                ? {}
                : { body: plain };
          records.push(Buffer.from(JSON.stringify({ ...time, ...objectOf(attributes, 0), ...own })));
        }
      }
  return records;
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
