import type { DecodeContext } from '../../format.ts';
import { parseIso } from '../../time/index.ts';
import { Envelope } from './envelope.ts';
import { readStamp } from './stamp.ts';
import { readStructuredData } from './structured-data.ts';

const MAX_HOST = 255;
const MAX_TAG = 64;

/**
 * Takes the syslog envelope off a line: RFC 5424 with structured data, or RFC 3164 as devices write it (with or without
 * PRI, stamp, host or tag; ISO stamps; Cisco's sequence numbers and `*Mar  1 00:00:00.123:`). A line without any comes
 * back whole as the body, with style `none`.
 */
export function parseEnvelope(text: string, context: DecodeContext): Envelope {
  const envelope = new Envelope();
  const at = readPriority(text, envelope);
  if (envelope.priority !== undefined && text.charCodeAt(at) === 49 && text.charCodeAt(at + 1) === 32) {
    if (parse5424(text, at + 2, envelope, context)) return envelope;
  }
  parse3164(text, at, envelope, context);
  return envelope;
}

function readPriority(text: string, envelope: Envelope): number {
  if (text.charCodeAt(0) !== 60) return 0;
  const close = text.indexOf('>', 1);
  if (close < 2 || close > 4) return 0;
  const priority = Number(text.slice(1, close));
  if (!Number.isInteger(priority) || priority < 0 || priority > 191) return 0;
  envelope.priority = priority;
  return close + 1;
}

/** VERSION has been read; TIMESTAMP SP HOSTNAME SP APP-NAME SP PROCID SP MSGID SP STRUCTURED-DATA [SP MSG]. */
function parse5424(text: string, from: number, envelope: Envelope, context: DecodeContext): boolean {
  let at = from;
  const header: (string | undefined)[] = [];
  for (let part = 0; part < 5; part += 1) {
    const space = text.indexOf(' ', at);
    if (space < 0 || space === at || space - at > MAX_HOST) return false;
    const word = text.slice(at, space);
    header.push(word === '-' ? undefined : word);
    at = space + 1;
  }
  const [stamp, host, program, pid, msgid] = header;
  const time =
    stamp === undefined ? undefined : (parseIso(stamp, context.zone) ?? readStamp(`${stamp} `, 0, context)?.time);
  // Some write `<14>1 Jul 28 ...`: not this form
  if (stamp !== undefined && time === undefined) return false;
  const data = readStructuredData(text, at);
  if (data === undefined) return false;
  envelope.time = time;
  envelope.host = host;
  envelope.program = program;
  envelope.pid = pid;
  envelope.msgid = msgid;
  envelope.structured = data.elements.size > 0 ? data.elements : undefined;
  // RFC 5424 section 6.4: a UTF-8 message begins with a byte order mark
  const start = text.charCodeAt(data.end) === 0xfeff ? data.end + 1 : data.end;
  envelope.body = text.slice(start);
  envelope.style = '5424';
  return true;
}

function parse3164(text: string, from: number, envelope: Envelope, context: DecodeContext): void {
  let at = skipSequence(text, from);
  const stamp = readStamp(text, at, context);
  if (stamp === undefined) {
    // IOS may put its own host name before the stamp: `45: edge1: *Mar  1 00:00:00.123: %SYS-5-...`
    const named = envelope.priority === undefined ? undefined : hostBeforeStamp(text, at, context);
    if (named === undefined) {
      if (envelope.priority === undefined) {
        envelope.body = text;
        return;
      }
    } else {
      envelope.host = named.host;
      envelope.time = named.time;
      at = named.end;
    }
  } else {
    envelope.time = stamp.time;
    at = stamp.end;
  }
  envelope.style = '3164';
  const stamped = envelope.time !== undefined;
  if (text.charCodeAt(at) === 58) at += 1;
  at = skipSpaces(text, at);
  if (stamped && envelope.host === undefined) {
    at = readHost(text, at, envelope);
    if (envelope.host !== undefined) at = skipInner(text, at, context);
  }
  at = readTag(text, at, envelope);
  if (!stamped && envelope.program === undefined) at = readUnstamped(text, at, envelope);
  envelope.body = at === 0 ? text : text.slice(at);
}

/** `000123: ` of IOS's `service sequence-numbers`. */
function skipSequence(text: string, from: number): number {
  let at = from;
  while (at < from + 10 && text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) at += 1;
  return at > from && text.charCodeAt(at) === 58 && text.charCodeAt(at + 1) === 32 ? at + 2 : from;
}

/** A relay leaves the device's own number and stamp in the message; the relay's stamp has the year or zone, so it stays. */
function skipInner(text: string, from: number, context: DecodeContext): number {
  const at = skipSequence(text, from);
  const stamp = readStamp(text, at, context);
  if (stamp === undefined) return at;
  const end = text.charCodeAt(stamp.end) === 58 ? stamp.end + 1 : stamp.end;
  return skipSpaces(text, end);
}

function hostBeforeStamp(
  text: string,
  from: number,
  context: DecodeContext,
): { host: string; time: number | undefined; end: number } | undefined {
  const colon = text.indexOf(': ', from);
  if (colon <= from || colon - from > MAX_HOST) return undefined;
  const host = text.slice(from, colon);
  if (!isHost(host)) return undefined;
  const at = skipSequence(text, colon + 2);
  const stamp = readStamp(text, at, context);
  return stamp === undefined ? undefined : { host, time: stamp.time, end: stamp.end };
}

/** The word after the stamp is the host, unless it is already the tag or the message. */
function readHost(text: string, from: number, envelope: Envelope): number {
  let end = text.indexOf(' ', from);
  if (end < 0) end = text.length;
  if (end === from || end - from > MAX_HOST) return from;
  const last = text.charCodeAt(end - 1);
  const word = text.slice(from, last === 58 ? end - 1 : end);
  if (last === 58 && (word.endsWith(']') || !text.startsWith('%', end + 1))) {
    // `sshd[12]: ` is a tag; `fw1: %ASA-...` is a host
    return from;
  }
  if (!isHost(word)) return from;
  envelope.host = word;
  return skipSpaces(text, end);
}

/** `<13>web01 sshd[12]: ...`: a host without a stamp is one only where a tag follows it. */
function readUnstamped(text: string, from: number, envelope: Envelope): number {
  if (envelope.host !== undefined) return from;
  const space = text.indexOf(' ', from);
  if (space <= from || space - from > MAX_HOST || !isHost(text.slice(from, space))) return from;
  const end = readTag(text, skipSpaces(text, space), envelope);
  if (envelope.program === undefined) return from;
  envelope.host = text.slice(from, space);
  return end;
}

/** Letters, digits and `.:-_/@+`: names, IPv4 and IPv6 addresses, `user@host` of rsyslog relays. */
function isHost(word: string): boolean {
  for (let at = 0; at < word.length; at += 1) {
    const code = word.charCodeAt(at);
    const fine =
      (code >= 97 && code <= 122) ||
      (code >= 65 && code <= 90) ||
      (code >= 45 && code <= 58) ||
      code === 95 ||
      code === 64 ||
      code === 43 ||
      code > 127;
    if (!fine) return false;
  }
  return word.length > 0 && !NO_HOSTS.has(word);
}

/** Words that stand where a host would: rsyslog's `last message repeated`, and levels of applications' own logs. */
const NO_HOSTS = new Set(
  'last TRACE DEBUG INFO NOTICE WARN WARNING ERROR CRITICAL FATAL SEVERE info debug warn warning error'.split(' '),
);

/** `program[pid]: `, `program: `, `program(module)[pid]: `. Not there: the message starts here. */
function readTag(text: string, from: number, envelope: Envelope): number {
  let at = from;
  // `fw1 : %ASA-6-...`
  if (text.charCodeAt(at) === 58 && text.charCodeAt(at + 1) === 32) return skipSpaces(text, at + 1);
  const limit = Math.min(text.length, from + MAX_TAG);
  while (at < limit && isTag(text.charCodeAt(at))) at += 1;
  if (at === from || text.charCodeAt(from) === 37) return from;
  const program = text.slice(from, at);
  let next = text.charCodeAt(at);
  let pid: string | undefined;
  if (next === 91) {
    const close = text.indexOf(']', at);
    if (close < 0 || close - at > 40) return from;
    pid = text.slice(at + 1, close);
    at = close + 1;
    next = text.charCodeAt(at);
    if (next !== 58) {
      if (next !== 32) return from;
      // `openvpn[123] message`: rare, but a pid says that it is a tag
      envelope.program = program;
      envelope.pid = pid;
      return skipSpaces(text, at);
    }
  }
  if (next !== 58) return from;
  // `2001:db8::1` and `CEF:0|` aren't tags
  const after = text.charCodeAt(at + 1);
  if (after !== 32 && !Number.isNaN(after) && pid === undefined) return from;
  envelope.program = program;
  envelope.pid = pid;
  return skipSpaces(text, at + 1);
}

function isTag(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 45 && code <= 57) ||
    code === 95 ||
    code === 40 ||
    code === 41 ||
    code === 64 ||
    code === 43
  );
}

function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 32) at += 1;
  return at;
}
