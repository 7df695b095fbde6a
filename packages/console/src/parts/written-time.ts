/** How stamps are written that name a second: ISO and its kin, syslog, slashes with a clock, seconds to nanoseconds since 1970. */
const stamps =
  /\d{4}[-/.]\d\d[-/.]\d\d[T ]\d\d:\d\d:(\d\d)(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?|(?:[A-Z][a-z]{2} +\d{1,2}(?: \d{4})?|\d{1,2}[ /-](?:[A-Z][a-z]{2}|\d{1,2})[ /-]\d{4}),?[ :]\d\d?:\d\d:(\d\d)(?:\.\d{1,6})?(?: ?(?:[AP]M|Z|[+-]\d{4}))?|\b\d{10}(?:\.\d{1,9}|\d{3}|\d{6}|\d{9})?\b/g;
/** Characters that are looked through. */
const most = 16_384;

/**
 * The stamp in a raw record that gave its time, as the source wrote it; undefined where none is found. A clock in the text is taken for it when
 * minute and second are the same, but for zones of half and quarter hours; a number when it is that instant.
 */
export function writtenTime(raw: string, time: string | null): string | undefined {
  if (time === null) return undefined;
  const at = Date.parse(time);
  if (Number.isNaN(at)) return undefined;
  for (const [stamp] of raw.slice(0, most).matchAll(stamps)) {
    const clock = /(\d\d):(\d\d)(?![\d:]*:\d\d)/.exec(stamp.replace(/[+-]\d\d:?\d\d$/, ''));
    if (clock === null) {
      if (Math.abs(Number(stamp.slice(0, 10)) - Math.floor(at / 1000)) < 1) return stamp;
    } else if (
      Number(clock[2]) === new Date(at).getUTCSeconds() &&
      (Number(clock[1]) - new Date(at).getUTCMinutes()) % 15 === 0
    )
      return stamp;
  }
  return undefined;
}
