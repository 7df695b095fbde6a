import type { Offer } from '@chaperone/sigma';
import type { Format } from '../../format.ts';
import { parseIso } from '../../time/index.ts';
import { ClassTable, roles } from '../event/class-table.ts';
import { Shape } from '../event/shape.ts';
import { ShapedEvent } from '../event/shaped-event.ts';
import { unread } from '../event/unread.ts';

const MAX_FIELDS = 128;

const ROLES = roles({
  'user.name': 'cs-username',
  'src_endpoint.ip': 'c-ip',
  'dst_endpoint.ip': ['s-ip', 'r-ip'],
  'dst_endpoint.port': 's-port',
  'dst_endpoint.hostname': ['cs-host', 'r-dns'],
  'device.hostname': 's-computername',
  url: ['cs-uri', 'cs-uri-stem'],
  'traffic.bytes_in': 'sc-bytes',
  'traffic.bytes_out': 'cs-bytes',
  tool: 'cs(User-Agent)',
});

/** Sigma's names for what the format calls `cs(User-Agent)`. */
const ALIASES: Readonly<Record<string, string>> = {
  'cs-user-agent': 'cs(User-Agent)',
  'c-useragent': 'cs(User-Agent)',
  'cs-referer': 'cs(Referer)',
  'cs-cookie': 'cs(Cookie)',
  'c-uri': 'cs-uri',
  'c-uri-query': 'cs-uri-query',
  'c-uri-stem': 'cs-uri-stem',
  'c-uri-extension': 'cs-uri-extension',
  'r-dns': 'cs-host',
  dst_ip: 's-ip',
  src_ip: 'c-ip',
};

/** By kind: `iis` for servers, `proxy` where the log speaks of a request passed on. */
const classes = new ClassTable('w3c', (kind) => {
  const server: readonly Offer[] = [{ category: 'webserver' }, { product: 'windows', service: 'iis' }];
  return {
    offers: kind === 'proxy' ? [{ category: 'proxy' }] : server,
    class_uid: 4002,
    activity: 'Traffic',
    roles: ROLES,
    outcome: (event) => {
      const status = String(event.get('sc-status') ?? '');
      return /^[23]/.test(status) ? 'success' : /^[45]/.test(status) ? 'failure' : 'unknown';
    },
  };
});

interface Header {
  readonly shape: Shape;
  readonly proxy: boolean;
}

/** W3C Extended Log File Format: IIS, Exchange's and other Microsoft services' HTTP logs, Blue Coat ProxySG. */
export const w3c: Format = {
  name: 'w3c',
  title: 'W3C extended log files (IIS, proxies)',
  framing: 'lines',
  recognise: (text) =>
    text.startsWith('#Fields: ') && /\bdate\b|\btime\b|cs-method/.test(text.slice(0, 2048))
      ? 1
      : /^#(?:Software|Version|Date|Remark|Start-Date): /.test(text)
        ? 0.7
        : 0,
  decode(text, _json, place, context) {
    if (text.startsWith('#')) {
      if (text.startsWith('#Fields: ')) {
        const names = text.slice(9).trim().split(' ', MAX_FIELDS);
        const proxy = names.some(
          (name) => name === 's-action' || name === 'r-ip' || name === 'cs-uri-extension' || name === 's-supplier-name',
        );
        context.state.w3c = { shape: new Shape(names, ALIASES), proxy } satisfies Header;
      }
      return undefined;
    }
    if (text.trim() === '') return undefined;
    const header = context.state.w3c as Header | undefined;
    if (header === undefined) {
      return unread(
        place,
        'w3c-no-fields',
        'a line stands before any #Fields line',
        'keep the head of the file: it names the fields',
      );
    }
    const cells: (string | undefined)[] = split(text);
    if (cells.length !== header.shape.names.length) {
      return unread(
        place,
        'w3c-fields',
        `the line has ${cells.length} fields where ${header.shape.names.length} are named`,
        'the line may be cut: check that the file was written to its end',
      );
    }
    for (let at = 0; at < cells.length; at += 1) if (cells[at] === '-') cells[at] = undefined;
    const date = header.shape.value(cells, 'date');
    const clock = header.shape.value(cells, 'time');
    // The format's times are UTC by its definition
    const time =
      typeof date === 'string' && typeof clock === 'string' ? parseIso(`${date}T${clock}`, 'UTC') : undefined;
    return new ShapedEvent(classes.of(header.proxy ? 'proxy' : 'iis'), time, place, text, header.shape, cells);
  },
};

/** Fields are parted by spaces; those that hold spaces are quoted, and IIS writes `+` for a space itself. */
function split(text: string): string[] {
  if (!text.includes('"')) return text.split(' ', MAX_FIELDS + 1);
  const cells: string[] = [];
  let at = 0;
  while (at <= text.length && cells.length <= MAX_FIELDS) {
    if (text.charCodeAt(at) === 34) {
      const close = text.indexOf('"', at + 1);
      const end = close < 0 ? text.length : close;
      cells.push(text.slice(at + 1, end));
      at = end + 2;
    } else {
      const space = text.indexOf(' ', at);
      const end = space < 0 ? text.length : space;
      cells.push(text.slice(at, end));
      at = end + 1;
    }
  }
  return cells;
}
