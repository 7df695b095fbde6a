import { fromEpoch } from './epoch.ts';
import { parseIso } from './iso.ts';
import { parseSyslogTime } from './syslog.ts';
import { parseVendorTime } from './vendor.ts';

/**
 * Microseconds since 1970 UTC of a stamp in any of the forms known here: ISO 8601, Unix time, vendors' forms, syslog
 * (year from the reference), .NET's `/Date(1785238080000)/`. A format that knows its own form calls that one's parser.
 *
 * @param zone IANA zone for stamps that state none
 * @param reference microseconds since 1970, for stamps without a year
 */
export function parseTime(value: unknown, zone = 'UTC', reference = Date.now() * 1000): number | undefined {
  if (typeof value === 'number') return fromEpoch(value);
  if (typeof value !== 'string') return undefined;
  const iso = parseIso(value, zone);
  if (iso !== undefined) return iso;
  const text = value.length <= 80 ? value.trim() : '';
  if (text === '') return undefined;
  const dotnet = /^\/Date\((-?\d{1,17})(?:[+-]\d{4})?\)\/$/.exec(text);
  if (dotnet !== null) return fromEpoch(dotnet[1], 'ms');
  if (/^-?\d{9,20}(\.\d{1,12})?$/.test(text)) return fromEpoch(text);
  return parseIso(text, zone) ?? parseVendorTime(text, zone) ?? parseSyslogTime(text, zone, reference);
}
