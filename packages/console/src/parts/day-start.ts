import { clockIn } from './clock.ts';

/** When a day (`2026-11-25`) begins in a zone, in UTC (RFC 3339); `later` days after it. Undefined for what is no day. */
export function dayStart(day: string | undefined, zone: string, later = 0): string | undefined {
  const midnight = Date.parse(`${day}T00:00:00Z`) + later * 86_400_000;
  if (!/^\d{4}-\d\d-\d\d$/.test(day ?? '') || Number.isNaN(midnight)) return undefined;
  let at = midnight;
  // twice, for the offset may change between the guess and the answer
  for (let turn = 0; turn < 2; turn += 1)
    at += midnight - Date.parse(`${clockIn(zone, new Date(at).toISOString()).replace(' ', 'T')}Z`);
  return new Date(at).toISOString();
}
