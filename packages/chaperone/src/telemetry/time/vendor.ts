import { monthNumber, wallMicros } from './civil.ts';
import { fixedOffset, wallToUtc } from './zone.ts';

/** What a form's groups are called: y, mon (name or number), d, h, m, s, f (fraction), ap (AM or PM), z (zone). */
const FORMS: readonly RegExp[] = [
  // Apache, nginx: 28/Jul/2026:11:28:00 -0700
  /^(?<d>\d{1,2})\/(?<mon>[A-Za-z]{3})\/(?<y>\d{4})[: ](?<h>\d\d):(?<m>\d\d):(?<s>\d\d)(?:\.(?<f>\d{1,9}))?(?: (?<z>\S{1,6}))?$/,
  // asctime: Tue Jul 28 11:28:00 2026, with a zone before the year as date(1) writes it
  /^[A-Za-z]{3},? (?<mon>[A-Za-z]{3}) {1,2}(?<d>\d{1,2}) (?<h>\d\d):(?<m>\d\d):(?<s>\d\d)(?:\.(?<f>\d{1,9}))? (?:(?<z>[A-Z]{1,5}|[+-]\d{4}) )?(?<y>\d{4})$/,
  // Cisco ASA, CEF, LEEF: Jul 28 2026 11:28:00.123 UTC
  /^(?<mon>[A-Za-z]{3,9}) {1,2}(?<d>\d{1,2}),? (?<y>\d{4}) (?<h>\d{1,2}):(?<m>\d\d):(?<s>\d\d)(?:[.,](?<f>\d{1,9}))?(?: ?(?<ap>[AaPp][Mm]))?(?: (?<z>\S{1,6}))?:?$/,
  // RFC 5322: Tue, 28 Jul 2026 11:28:00 +0000; the week day may be missing
  /^(?:[A-Za-z]{3}, )?(?<d>\d{1,2})[ -](?<mon>[A-Za-z]{3})[ -](?<y>\d{4}) (?<h>\d\d):(?<m>\d\d):(?<s>\d\d)(?:\.(?<f>\d{1,9}))?(?: (?<z>\S{1,6}))?$/,
  // Windows in the US: 7/28/2026 11:28:00 AM; also 07/28/2026 11:28:00 (NPS)
  /^(?<mon>\d{1,2})\/(?<d>\d{1,2})\/(?<y>\d{4}),? (?<h>\d{1,2}):(?<m>\d\d):(?<s>\d\d)(?:\.(?<f>\d{1,9}))?(?:[ \u202f](?<ap>[AaPp][Mm]))?(?: (?<z>\S{1,6}))?$/,
  // Windows in Germany and its neighbours: 28.07.2026 11:28:00
  /^(?<d>\d{1,2})\.(?<mon>\d{1,2})\.(?<y>\d{4}),? (?<h>\d{1,2}):(?<m>\d\d):(?<s>\d\d)(?:[.,](?<f>\d{1,9}))?(?: (?<z>\S{1,6}))?$/,
  // W3C and compact: 20260728T112800Z
  /^(?<y>\d{4})(?<mon>\d\d)(?<d>\d\d)[T ]?(?<h>\d\d):?(?<m>\d\d):?(?<s>\d\d)(?:\.(?<f>\d{1,9}))?(?<z>Z|[+-]\d\d:?\d\d)?$/,
];

/** Microseconds since 1970 UTC of the stamps that vendors write with a year but not in ISO's order; `zone` where none is stated. */
export function parseVendorTime(text: string, zone = 'UTC'): number | undefined {
  if (text.length > 64) return undefined;
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups;
    if (groups === undefined) continue;
    const month = /^\d/.test(groups.mon) ? Number(groups.mon) : monthNumber(groups.mon);
    const micros = groups.f === undefined ? 0 : Number(groups.f.padEnd(6, '0').slice(0, 6));
    const hour = hourOf(Number(groups.h), groups.ap);
    const wall = wallMicros(
      Number(groups.y),
      month,
      Number(groups.d),
      hour,
      Number(groups.m),
      Number(groups.s),
      micros,
    );
    if (wall === undefined) return undefined;
    if (groups.z === undefined) return wallToUtc(wall, zone);
    const offset = fixedOffset(groups.z);
    return offset === undefined ? wallToUtc(wall, zone) : wall - offset;
  }
  return undefined;
}

function hourOf(hour: number, half: string | undefined): number {
  if (half === undefined) return hour;
  if (hour < 1 || hour > 12) return Number.NaN;
  return (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
}
