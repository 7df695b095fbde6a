const made = new Map<string, Intl.DateTimeFormat>();

/** `2026-11-25 02:14:07` in the zone. */
export function clockIn(zone: string, at: string): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return at;
  const part = Object.fromEntries(
    format(zone)
      .formatToParts(date)
      .map(({ type, value }) => [type, value]),
  );
  return `${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second}`;
}

/** `12 minutes ago` under an hour, else undefined: older times are better read as a date. */
export function ago(at: string, now = Date.now()): string | undefined {
  const minutes = Math.floor((now - Date.parse(at)) / 60_000);
  if (!(minutes >= 0 && minutes < 60)) return undefined;
  return minutes === 0 ? 'less than a minute ago' : minutes === 1 ? '1 minute ago' : `${minutes} minutes ago`;
}

function format(zone: string): Intl.DateTimeFormat {
  let found = made.get(zone);
  if (found === undefined) {
    found = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
    made.set(zone, found);
  }
  return found;
}
