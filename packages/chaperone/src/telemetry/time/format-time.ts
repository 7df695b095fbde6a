/** RFC 3339 in UTC with microseconds (`2026-07-28T11:28:00.123456Z`); undefined where no calendar can show the instant. */
export function formatTime(micros: number): string | undefined {
  const millis = Math.floor(micros / 1000);
  const date = new Date(millis);
  if (Number.isNaN(date.getTime())) return undefined;
  const rest = Math.floor(micros - millis * 1000);
  return `${date.toISOString().slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
}
