/** A record may be an attacker's: more pairs than this aren't kept. */
const MAX_FIELDS = 1024;

/** Fields that audit writes as hex where they hold a space, a quote or anything unprintable (audit's `untrustedstring`). */
const ENCODED = new Set([
  'name',
  'cwd',
  'comm',
  'ocomm',
  'exe',
  'cmd',
  'data',
  'acct',
  'key',
  'path',
  'dir',
  'proctitle',
  'new-name',
  'old-name',
  'vm',
  'file',
]);

/**
 * Reads `key=value` pairs of an audit record: quoted values, hex-encoded ones (decoded, NUL as a space), and the pairs
 * inside `msg='...'`, which come out beside the others. `?` and `(null)` mean that there is no value. Names after the
 * group separator that the enriched format writes are read the same way.
 */
export function readRecord(text: string, from: number, execve: boolean, fields: Map<string, unknown>): void {
  let at = from;
  const { length } = text;
  while (at < length && fields.size < MAX_FIELDS) {
    while (at < length && isSpace(text.charCodeAt(at))) at += 1;
    const equals = text.indexOf('=', at);
    if (equals < 0) return;
    // Words without `=` stand before the name: `avc:  denied  { read } for  pid=1`
    let start = equals;
    while (start > at && !isSpace(text.charCodeAt(start - 1))) start -= 1;
    const name = text.slice(start, equals);
    const quote = text.charCodeAt(equals + 1);
    if (quote === 34 || quote === 39) {
      let end = text.indexOf(quote === 34 ? '"' : "'", equals + 2);
      if (end < 0) end = length;
      if (quote === 39 && name === 'msg') readRecord(text.slice(equals + 2, end), 0, false, fields);
      else put(fields, name, text.slice(equals + 2, end));
      at = end + 1;
      continue;
    }
    let end = equals + 1;
    while (end < length && !isSpace(text.charCodeAt(end))) end += 1;
    const value = text.slice(equals + 1, end);
    at = end;
    if (value === '?' || value === '(null)' || value === '(none)' || value === '') continue;
    const encoded = ENCODED.has(name) || (execve && /^a\d{1,4}(?:\[\d{1,4}\])?$/.test(name));
    put(fields, name, encoded ? decodeHex(value) : value);
  }
}

function put(fields: Map<string, unknown>, name: string, value: string): void {
  // Long arguments come in parts: a1[0]=... a1[1]=...
  const bracket = name.charCodeAt(0) === 97 ? name.indexOf('[') : -1;
  if (bracket > 1) {
    const whole = name.slice(0, bracket);
    fields.set(whole, `${fields.get(whole) ?? ''}${value}`);
    return;
  }
  if (!fields.has(name)) fields.set(name, value);
}

function isSpace(code: number): boolean {
  return code === 32 || code === 29 || code === 9;
}

function decodeHex(value: string): string {
  if (value.length % 2 !== 0 || value.length < 2 || !/^[0-9A-Fa-f]+$/.test(value)) return value;
  const text = Buffer.from(value, 'hex').toString('utf8');
  return text.includes('\0') ? text.replaceAll('\0', ' ').trimEnd() : text;
}
