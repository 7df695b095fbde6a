import type { DecodeContext } from '../../format.ts';
import { fromEpoch, inferYear, parseIso, parseVendorTime } from '../../time/index.ts';

/** A stamp read from a text: when (undefined: unreadable), and where it ended. */
export interface Stamp {
  readonly time: number | undefined;
  readonly end: number;
}

const MONTHS = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map((name, at) => [
    name,
    at + 1,
  ]),
);

/**
 * Reads the stamp that stands at `from`, in the forms that devices write: `Jul 28 11:28:00` with optional fraction, year
 * (before or after the time) and zone, ISO 8601, or a Unix time. A `*` or `.` before it (Cisco: clock not set, or not
 * synchronised) is passed over. Undefined where no stamp stands there.
 */
export function readStamp(text: string, from: number, context: DecodeContext): Stamp | undefined {
  let at = from;
  const mark = text.charCodeAt(at);
  if (mark === 42 || mark === 46) at += 1;
  const first = text.charCodeAt(at);
  if (first >= 48 && first <= 57) return isoStamp(text, at, context) ?? epochStamp(text, at);
  // A capital letter or nothing: most lines that have no stamp leave here
  if (!(first >= 65 && first <= 90)) return undefined;
  return monthStamp(text, at, context);
}

function isoStamp(text: string, at: number, context: DecodeContext): Stamp | undefined {
  if (text.charCodeAt(at + 4) !== 45 || text.charCodeAt(at + 7) !== 45) return undefined;
  const between = text.charCodeAt(at + 10);
  if (between !== 84 && between !== 32) return undefined;
  let end = at + 11;
  while (end < text.length && end < at + 40 && isIsoPart(text.charCodeAt(end))) end += 1;
  // `2026-07-28T11:28:00: ` — the colon ends the stamp
  if (text.charCodeAt(end - 1) === 58) end -= 1;
  const time = parseIso(text.slice(at, end), context.zone);
  return time === undefined ? undefined : { time, end };
}

/** Digits, `:`, `.`, `,`, `+`, `-` and `Z`. */
function isIsoPart(code: number): boolean {
  return (code >= 48 && code <= 58) || (code >= 43 && code <= 46) || code === 90;
}

function epochStamp(text: string, at: number): Stamp | undefined {
  let end = at;
  while (end < at + 24 && isDigitOrPoint(text.charCodeAt(end))) end += 1;
  if (end - at < 10 || text.charCodeAt(end) !== 32) return undefined;
  const time = fromEpoch(text.slice(at, end));
  return time === undefined ? undefined : { time, end };
}

function isDigitOrPoint(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 46;
}

// Lines come in order: the same second is read over and over
let lastText = '';
let lastZone = '';
let lastReference = 0;
let lastTime: number | undefined;

function monthStamp(text: string, at: number, context: DecodeContext): Stamp | undefined {
  const month = MONTHS.get(text.slice(at, at + 3));
  if (month === undefined || text.charCodeAt(at + 3) !== 32) return undefined;
  let pos = at + 4;
  if (text.charCodeAt(pos) === 32) pos += 1;
  let day = digit(text, pos);
  if (day < 0) return undefined;
  pos += 1;
  const second = digit(text, pos);
  if (second >= 0) {
    day = day * 10 + second;
    pos += 1;
  }
  if (text.charCodeAt(pos) === 44) pos += 1;
  if (text.charCodeAt(pos) !== 32) return undefined;
  pos += 1;
  if (text.charCodeAt(pos + 2) !== 58) return yearStamp(text, at, pos, context);
  if (text.charCodeAt(pos + 5) !== 58) return undefined;
  let end = pos + 8;
  if (text.charCodeAt(end) === 46 || text.charCodeAt(end) === 44) {
    end += 1;
    while (end < pos + 18 && digit(text, end) >= 0) end += 1;
  }
  // `Jul 28 11:28:00 2026`
  if (text.charCodeAt(end) === 32 && isYear(text, end + 1)) {
    const time = parseVendorTime(
      `${text.slice(at, pos)}${text.slice(end + 1, end + 5)} ${text.slice(pos, end)}`,
      context.zone,
    );
    return time === undefined ? undefined : { time, end: end + 5 };
  }
  const zone = zoneEnd(text, end);
  if (zone > end) {
    const year = new Date(context.reference / 1000).getUTCFullYear();
    const near = yearless(text, month, day, pos, end, 'UTC', context.reference);
    if (near === undefined) return undefined;
    const stated = new Date(near / 1000).getUTCFullYear() || year;
    const clock = `${text.slice(at, pos)}${stated} ${text.slice(pos, end)} ${text.slice(end + 1, zone)}`;
    return { time: parseVendorTime(clock, context.zone) ?? near, end: zone };
  }
  const key = text.slice(at, end);
  if (key === lastText && context.zone === lastZone && context.reference === lastReference)
    return { time: lastTime, end };
  const time = yearless(text, month, day, pos, end, context.zone, context.reference);
  if (time === undefined) return undefined;
  lastText = key;
  lastZone = context.zone;
  lastReference = context.reference;
  lastTime = time;
  return { time, end };
}

/** `Jul 28 2026 11:28:00.123 UTC`, as ASA writes it. */
function yearStamp(text: string, at: number, pos: number, context: DecodeContext): Stamp | undefined {
  if (!isYear(text, pos) || text.charCodeAt(pos + 7) !== 58 || text.charCodeAt(pos + 10) !== 58) return undefined;
  let end = pos + 13;
  if (text.charCodeAt(end) === 46) {
    end += 1;
    while (end < pos + 23 && digit(text, end) >= 0) end += 1;
  }
  const zone = zoneEnd(text, end);
  const time = parseVendorTime(text.slice(at, zone), context.zone);
  return time === undefined ? undefined : { time, end: zone };
}

function yearless(
  text: string,
  month: number,
  day: number,
  pos: number,
  end: number,
  zone: string,
  reference: number,
): number | undefined {
  const hour = pair(text, pos);
  const minute = pair(text, pos + 3);
  const second = pair(text, pos + 6);
  if (hour < 0 || minute < 0 || second < 0) return undefined;
  const fraction =
    end > pos + 8
      ? Number(
          text
            .slice(pos + 9, end)
            .padEnd(6, '0')
            .slice(0, 6),
        )
      : 0;
  return inferYear(month, day, hour, minute, second, fraction, zone, reference);
}

/** The end of ` UTC` or ` CEST` that is followed by a colon; else `end`: a word before a space is more likely a host. */
function zoneEnd(text: string, end: number): number {
  if (text.charCodeAt(end) !== 32) return end;
  let at = end + 1;
  while (at < end + 6 && text.charCodeAt(at) >= 65 && text.charCodeAt(at) <= 90) at += 1;
  return at > end + 2 && text.charCodeAt(at) === 58 ? at : end;
}

function isYear(text: string, at: number): boolean {
  const century = pair(text, at);
  if ((century !== 19 && century !== 20) || pair(text, at + 2) < 0) return false;
  const after = text.charCodeAt(at + 4);
  return after === 32 || after === 58 || Number.isNaN(after);
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : -1;
}

function pair(text: string, at: number): number {
  const tens = digit(text, at);
  const ones = digit(text, at + 1);
  return tens < 0 || ones < 0 ? -1 : tens * 10 + ones;
}
