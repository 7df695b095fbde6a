import type { LogEvent, Place, Unread } from '../../event.ts';
import type { DecodeContext, Format } from '../../format.ts';
import { parseTime } from '../../time/index.ts';
import type { Json } from '../event/json-event.ts';
import { unread } from '../event/unread.ts';
import { decodeBody } from './decode-body.ts';
import { Envelope } from './envelope.ts';
import { parseEnvelope } from './parse-envelope.ts';

/** Keys under which shippers put the line or the message. */
const LINES = ['message', 'MESSAGE', 'msg', '@message', 'log', 'event.original', '_raw'];
const TIMES = ['@timestamp', 'timestamp', 'time', '_time', '__REALTIME_TIMESTAMP', '_SOURCE_REALTIME_TIMESTAMP'];
const HOSTS = ['hostname', '_HOSTNAME', 'host', 'HOST', 'computer', 'Computer', 'fromhost', 'HostName'];
const PROGRAMS = [
  'program',
  'SYSLOG_IDENTIFIER',
  'programname',
  'app-name',
  'appname',
  'ident',
  'ProcessName',
  '_COMM',
];
const PIDS = ['pid', '_PID', 'SYSLOG_PID', 'procid', 'ProcessID'];

/**
 * Syslog that a shipper put into JSON, an object a line: the line whole under `message` (Beats, Fluent Bit, Vector, Splunk's
 * `_raw`), or taken apart as journald (`journalctl -o json`) and rsyslog do.
 */
export const wrappedSyslog: Format = {
  name: 'syslog-json',
  title: 'Syslog inside JSON (journald, Beats, rsyslog and other shippers)',
  framing: 'json',
  recognise(_text, json) {
    if (json === undefined) return 0;
    if (json.__REALTIME_TIMESTAMP !== undefined && json.MESSAGE !== undefined) return 0.95;
    const line = textAt(json, LINES);
    if (line === undefined) return 0;
    const envelope = parseEnvelope(line.slice(0, 2048), { file: '', zone: 'UTC', reference: 0, state: {} });
    if (envelope.style !== 'none' && (envelope.program !== undefined || envelope.host !== undefined)) return 0.7;
    if (envelope.style !== 'none') return 0.5;
    return textAt(json, PROGRAMS) !== undefined && textAt(json, HOSTS) !== undefined ? 0.6 : 0;
  },
  decode(text, json, place, context): LogEvent | Unread | undefined {
    if (json === undefined) return malformed(place);
    const line = textAt(json, LINES);
    if (line === undefined) return malformed(place);
    const envelope = envelopeOf(line, json, context);
    return decodeBody(envelope, text, place, context);
  },
};

/** The line's own envelope, where it has one, before what the shipper says. */
function envelopeOf(line: string, json: Json, context: DecodeContext): Envelope {
  const own = parseEnvelope(line, context);
  const envelope = own.style === 'none' ? new Envelope() : own;
  if (own.style === 'none') {
    envelope.body = line;
    envelope.style = '3164';
  }
  envelope.time ??= timeAt(json, context);
  envelope.host ??= textAt(json, HOSTS);
  envelope.program ??= textAt(json, PROGRAMS);
  envelope.pid ??= textAt(json, PIDS);
  if (envelope.priority === undefined) {
    const facility = Number(textAt(json, ['SYSLOG_FACILITY', 'facility']));
    const severity = Number(textAt(json, ['PRIORITY', 'severity']));
    if (Number.isInteger(facility) && facility >= 0 && facility < 24) {
      envelope.priority = facility * 8 + (Number.isInteger(severity) && severity >= 0 && severity < 8 ? severity : 6);
    }
  }
  return envelope;
}

function timeAt(json: Json, context: DecodeContext): number | undefined {
  for (const key of TIMES) {
    const time = parseTime(json[key], context.zone, context.reference);
    if (time !== undefined) return time;
  }
  return undefined;
}

/** The first of the keys that holds text, a number, or an object with a name (`host: { name }`). */
function textAt(json: Json, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = json[key];
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number') return String(value);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const { name } = value as Json;
      if (typeof name === 'string' && name !== '') return name;
    }
  }
  return undefined;
}

function malformed(place: Place): Unread {
  return unread(
    place,
    'syslog-json-no-message',
    'the record holds no message',
    `records of this kind have the message under one of: ${LINES.join(', ')}`,
  );
}
