import type { LogEvent, Place } from '../../event.ts';
import type { DecodeContext } from '../../format.ts';
import { parseVendorTime } from '../../time/index.ts';
import { eventClass, roles } from '../event/class-table.ts';
import { Shape } from '../event/shape.ts';
import { ShapedEvent } from '../event/shaped-event.ts';
import type { Envelope } from '../syslog/envelope.ts';
import { lineFormat } from '../text/line-format.ts';

const NAMES = [
  'vhost',
  'c-ip',
  'ident',
  'cs-username',
  'cs-method',
  'cs-uri',
  'cs-uri-stem',
  'cs-uri-query',
  'cs-version',
  'sc-status',
  'sc-bytes',
  'cs-referer',
  'cs-user-agent',
];

/*
 * SigmaHQ's webserver rules look for path and query alike in `cs-uri-query`, since many servers log them as one: it holds
 * the whole request target here, as do `cs-uri` and `c-uri`.
 */
const shape = new Shape(NAMES, {
  'c-uri': 'cs-uri',
  'c-uri-query': 'cs-uri-query',
  'c-useragent': 'cs-user-agent',
  'cs-host': 'vhost',
  src_ip: 'c-ip',
});

const web = eventClass('access-log', '', {
  offers: [{ category: 'webserver' }, { service: 'apache' }, { service: 'nginx' }],
  class_uid: 4002,
  activity: 'Traffic',
  outcome: (event) => {
    const status = String(event.get('sc-status') ?? '');
    return /^[23]/.test(status) ? 'success' : /^[45]/.test(status) ? 'failure' : 'unknown';
  },
  roles: roles({
    'user.name': 'cs-username',
    'src_endpoint.ip': 'c-ip',
    'dst_endpoint.hostname': 'vhost',
    'device.hostname': 'hostname',
    url: 'cs-uri',
    'traffic.bytes_in': 'sc-bytes',
    tool: 'cs-user-agent',
  }),
});

/** `host ident user [28/Jul/2026:11:28:00 +0000] "request" status bytes`, perhaps with the virtual host before. */
const START =
  /^(?:([^\s"[\]]{1,255}) )?([^\s"[\]]{2,255}) ([^\s"[\]]{1,128}) ([^"[\]]{1,128}) \[(\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "/;

/** Whether a line starts as the common and combined log formats do. */
export function isAccessLog(body: string): boolean {
  return body.includes('] "') && START.test(body.slice(0, 1024));
}

/** One line of Apache's or nginx's access log. */
export function decodeAccessLog(
  envelope: Envelope,
  text: string,
  place: Place,
  context: DecodeContext,
): LogEvent | undefined {
  const { body } = envelope;
  const start = START.exec(body.slice(0, 1024));
  if (start === null) return undefined;
  const request = readQuoted(body, start[0].length);
  const values: (string | undefined)[] = new Array(NAMES.length).fill(undefined);
  values[0] = start[1];
  values[1] = start[2];
  values[2] = dash(start[3]);
  values[3] = dash(start[4]);
  readRequest(request.value, values);
  const space = body.indexOf(' ', request.end + 1);
  const status = body.slice(request.end + 1, space < 0 ? body.length : space);
  values[9] = dash(status);
  if (space > 0) {
    const next = body.indexOf(' ', space + 1);
    values[10] = dash(body.slice(space + 1, next < 0 ? body.length : next));
    const referer = body.indexOf('"', space);
    if (referer > 0) {
      const first = readQuoted(body, referer + 1);
      values[11] = dash(first.value);
      const agent = body.indexOf('"', first.end);
      if (agent > 0) values[12] = dash(readQuoted(body, agent + 1).value);
    }
  }
  const time = parseVendorTime(start[5], context.zone) ?? envelope.time;
  return new ShapedEvent(web, time, place, text, shape, values, envelope);
}

/** `GET /path?query HTTP/1.1`; what isn't of that form is kept whole as the target. */
function readRequest(request: string, values: (string | undefined)[]): void {
  const first = request.indexOf(' ');
  const last = request.lastIndexOf(' ');
  const target = first < 0 ? request : request.slice(first + 1, last > first ? last : request.length);
  const question = target.indexOf('?');
  values[4] = first < 0 ? undefined : request.slice(0, first);
  values[5] = target;
  values[6] = question < 0 ? target : target.slice(0, question);
  values[7] = target;
  values[8] = last > first ? request.slice(last + 1) : undefined;
}

/** A quoted part in which `\"` is a quote; `end` is the position after the closing one. */
function readQuoted(text: string, from: number): { value: string; end: number } {
  let at = from;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 92) at += 1;
    else if (code === 34) break;
  }
  const end = Math.min(at, text.length);
  const value = text.slice(from, end);
  return { value: value.includes('\\"') ? value.replaceAll('\\"', '"') : value, end: end + 1 };
}

function dash(value: string): string | undefined {
  return value === '-' || value === '' ? undefined : value;
}

export const accessLog = lineFormat({
  name: 'access-log',
  title: 'Web server access log (common and combined)',
  starts: isAccessLog,
  decode: decodeAccessLog,
});
