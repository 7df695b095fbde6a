import type { LogEvent, Place } from '../../event.ts';
import { fromEpoch } from '../../time/index.ts';
import { eventClass, roles } from '../event/class-table.ts';
import { Shape } from '../event/shape.ts';
import { ShapedEvent } from '../event/shaped-event.ts';
import type { Envelope } from '../syslog/envelope.ts';
import { lineFormat } from '../text/line-format.ts';

const NAMES = [
  'time',
  'duration',
  'c-ip',
  's-action',
  'sc-status',
  'sc-bytes',
  'cs-method',
  'c-uri',
  'cs-username',
  's-hierarchy',
  'dst_ip',
  'content-type',
  'cs-host',
  'c-uri-extension',
];
const shape = new Shape(NAMES, {
  'cs-uri': 'c-uri',
  'c-uri-query': 'c-uri',
  'cs-uri-stem': 'c-uri',
  src_ip: 'c-ip',
  action: 's-action',
});

const proxy = eventClass('squid', '', {
  offers: [{ category: 'proxy' }, { product: 'squid' }],
  class_uid: 4002,
  activity: 'Traffic',
  outcome: (event) => (/DENIED/.test(String(event.get('s-action'))) ? 'failure' : 'success'),
  roles: roles({
    'user.name': 'cs-username',
    'src_endpoint.ip': 'c-ip',
    'dst_endpoint.ip': 'dst_ip',
    'dst_endpoint.hostname': 'cs-host',
    'device.hostname': 'hostname',
    url: 'c-uri',
    'traffic.bytes_in': 'sc-bytes',
  }),
});

/** Squid's native form: `1785238080.123 456 10.1.1.5 TCP_MISS/200 1234 GET http://x/ bob HIER_DIRECT/192.0.2.1 text/html`. */
const LINE =
  /^(\d{9,11}\.\d{3}) {1,12}(\d{1,10}) (\S{2,255}) ([A-Z_]{3,60})\/(\d{1,4}) (\d{1,20}) (\S{1,40}) (\S{1,65536}) (\S{1,255}) ([A-Z_]{3,40})\/(\S{1,255}) (\S{1,255})/;

/** Whether a line starts as Squid's native access log does. */
export function isSquid(body: string): boolean {
  return (
    body.charCodeAt(0) >= 48 &&
    body.charCodeAt(0) <= 57 &&
    /^\d{9,11}\.\d{3} {1,12}\d{1,10} \S{2,255} [A-Z_]{3,60}\/\d{1,4} /.test(body.slice(0, 512))
  );
}

export function decodeSquid(envelope: Envelope, text: string, place: Place): LogEvent | undefined {
  const match = LINE.exec(envelope.body);
  if (match === null) return undefined;
  const values: (string | undefined)[] = match.slice(1);
  for (let at = 0; at < values.length; at += 1) if (values[at] === '-') values[at] = undefined;
  const { host, extension } = readUrl(match[8]);
  values.push(host, extension);
  return new ShapedEvent(proxy, fromEpoch(match[1], 's') ?? envelope.time, place, text, shape, values, envelope);
}

/** Host and file extension of a URL, or of the `host:port` of a CONNECT. */
function readUrl(url: string): { host: string | undefined; extension: string | undefined } {
  const scheme = url.indexOf('://');
  const from = scheme < 0 ? 0 : scheme + 3;
  let end = from;
  while (end < url.length && !'/?#:'.includes(url[end])) end += 1;
  const path = url.slice(end).split(/[?#]/, 1)[0];
  const dot = path.lastIndexOf('.');
  const extension = dot > path.lastIndexOf('/') && path.length - dot <= 11 ? path.slice(dot + 1) : undefined;
  return { host: url.slice(from, end) || undefined, extension };
}

export const squid = lineFormat({ name: 'squid', title: 'Squid access log', starts: isSquid, decode: decodeSquid });
