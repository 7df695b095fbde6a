import { CARRIED } from '../../carried/index.ts';

/** Depth and number of objects in one request, at most: hostile input nests without end. */
const MOST = 200_000;
const BESIDE = ['time', 'host', 'source', 'sourcetype', 'index', 'fields'];

/**
 * Takes a body of Splunk's `/services/collector/event` apart: JSON objects one after the other, with or without white space between. An event that
 * has nothing beside it is the record itself; else the record is the whole object, marked as one that carries another (`host`, `time`, `fields` ...).
 *
 * @returns the records, or the place of the event that is none or has no data
 */
export function parseHec(body: string): Buffer[] | { readonly invalid: number; readonly noData: boolean } {
  const events: Buffer[] = [];
  let at = 0;
  for (;;) {
    while (at < body.length && /[\s,]/.test(body[at])) at += 1;
    if (at >= body.length) return events;
    const { end, value } = scanObject(body, at);
    if (end < 0 || events.length >= MOST) return { invalid: events.length, noData: false };
    let json: Record<string, unknown>;
    try {
      json = JSON.parse(body.slice(at, end));
    } catch {
      return { invalid: events.length, noData: false };
    }
    const { event } = json;
    if (event === undefined || event === null || event === '') return { invalid: events.length, noData: true };
    // The event's own text, not what parsing makes of it: large numbers stay whole.
    const text = BESIDE.some((name) => json[name] !== undefined)
      ? `{"${CARRIED}":"hec",${body.slice(at + 1, end)}`
      : typeof event === 'string'
        ? event
        : value;
    events.push(Buffer.from(text));
    at = end;
  }
}

/** A raw line as a record, with what the request says of all its lines. */
export function rawHec(line: Buffer, query: URLSearchParams): Buffer {
  const beside: Record<string, string> = {};
  for (const name of BESIDE) {
    const value = query.get(name);
    if (value !== null && value !== '') beside[name] = value;
  }
  if (Object.keys(beside).length === 0) return line;
  return Buffer.from(JSON.stringify({ [CARRIED]: 'hec', ...beside, event: line.toString('utf8') }));
}

/** Where the object that begins at `from` ends (-1: it doesn't, or none begins there), and the text of its member `event`. */
function scanObject(text: string, from: number): { end: number; value: string } {
  const found = { end: -1, value: '' };
  if (text[from] !== '{') return found;
  let depth = 0;
  let string = false;
  let key = '';
  let begin = from + 1;
  const member = (end: number) => {
    if (key === '"event"' || (key.includes('\\') && readKey(key) === 'event'))
      found.value = text.slice(begin, end).trim();
  };
  for (let at = from; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (string) {
      if (char === 0x5c) at += 1;
      else if (char === 0x22) string = false;
    } else if (char === 0x22) string = true;
    else if (char === 0x7b || char === 0x5b) depth += 1;
    else if (char === 0x7d || char === 0x5d) {
      depth -= 1;
      if (depth > 0) continue;
      member(at);
      found.end = at + 1;
      return found;
    } else if (depth === 1 && char === 0x3a) {
      key = text.slice(begin, at).trim();
      begin = at + 1;
    } else if (depth === 1 && char === 0x2c) {
      member(at);
      begin = at + 1;
    }
  }
  return found;
}

function readKey(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
