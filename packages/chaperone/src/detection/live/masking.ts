import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { LogEvent, Unread } from '../../telemetry/index.ts';

/** A field of a source that must not be kept as it is. */
export interface MaskRule {
  readonly field: string;
  /** `mask`: replaced, equal values by equal ones; `drop`: taken out */
  readonly how: 'mask' | 'drop';
}

/** Values shorter than this stand in too many other words of JSON to be replaced wherever they occur. */
const TELLING = 3;

/** `masked:` and 22 characters: 128 bits of an HMAC, so that equal stays equal and nothing can be turned back without the key. */
export function maskWith(key: Uint8Array): (value: string) => string {
  return (value) => `masked:${createHmac('sha256', key).update(value).digest('base64url').slice(0, 22)}`;
}

/** What is shown of a sealed record. */
export const SEALED_LINE = '(sealed: this source has fields that must be masked)';

/**
 * `sealed:` and AES-256-GCM (nonce, text, tag) under a key that is made of the masking's: for records of a source with masked fields that can't
 * be read, so that nobody knows where in them those stand. They are kept for whoever holds the key, and shown to nobody.
 */
export function sealWith(key: Uint8Array): (record: string) => string {
  const own = sealingKey(key);
  return (record) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', own, nonce);
    const text = [cipher.update(record, 'utf8'), cipher.final()];
    return `sealed:${Buffer.concat([nonce, ...text, cipher.getAuthTag()]).toString('base64url')}`;
  };
}

/** Opens what {@link sealWith} sealed under the same key; undefined: it was sealed under another, or changed since. */
export function openSealed(key: Uint8Array): (sealed: string) => string | undefined {
  const own = sealingKey(key);
  return (sealed) => {
    const bytes = Buffer.from(sealed.replace(/^sealed:/, ''), 'base64url');
    if (!sealed.startsWith('sealed:') || bytes.length < 28) return undefined;
    try {
      const cipher = createDecipheriv('aes-256-gcm', own, bytes.subarray(0, 12));
      cipher.setAuthTag(bytes.subarray(-16));
      return Buffer.concat([cipher.update(bytes.subarray(12, -16)), cipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  };
}

function sealingKey(key: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', 'sealed records', 32));
}

/** What is told of a record in which a field can't be masked. */
const FAILED = {
  kind: 'unread',
  code: 'masking_failed',
  message: 'A field that must be masked still says its value after its text was replaced, so the record was sealed.',
  mend: 'Name the fields of the source itself: a field that is put together of others, or spelled otherwise than in the record, can’t be masked.',
} as const;

type Event = LogEvent | Unread | undefined;

/**
 * A record without the values of some fields, wherever in it they stand. The event is asked for the values, so fields are named as rules name
 * them; what comes out is read anew, so that nothing that is judged or stored ever held them, and held against what should be gone: a record that
 * still says a value is unread (`masking_failed`).
 */
export function masked(
  text: string,
  event: LogEvent,
  rules: readonly MaskRule[],
  mask: (value: string) => string,
  decode: (text: string) => Event,
): { readonly text: string; readonly event: Event } {
  const replacements = new Map<string, string>();
  for (const { field, how } of rules)
    for (const value of textsOf(event.get(field))) replacements.set(value, how === 'mask' ? mask(value) : '');
  if (replacements.size === 0) return { text, event };
  // As it is spelled; and where a format spells it otherwise than it is read, whatever the case.
  for (const anyCase of [false, true]) {
    const clean = replaced(text, replacements, anyCase);
    const read = decode(clean);
    if (read === undefined || 'kind' in read) return { text: clean, event: read };
    if (rules.every(({ field }) => textsOf(read.get(field)).every((value) => !replacements.has(value))))
      return { text: clean, event: read };
  }
  return { text, event: { ...FAILED, file: event.place.file } };
}

function replaced(text: string, replacements: ReadonlyMap<string, string>, anyCase: boolean): string {
  const json = text.trimStart().startsWith('{') ? parse(text) : undefined;
  if (json !== undefined) return JSON.stringify(walk(json, replacements, replacer(replacements, anyCase, TELLING)));
  const spelled = new Map<string, string>();
  for (const [value, by] of replacements)
    for (const one of [value, escapeXml(value), JSON.stringify(value).slice(1, -1)]) spelled.set(one, by);
  return replacer(spelled, anyCase, 1)(text);
}

/** All in one go, the longest first: a value may stand inside another, or inside what another was replaced by. */
function replacer(
  replacements: ReadonlyMap<string, string>,
  anyCase: boolean,
  shortest: number,
): (text: string) => string {
  const values = [...replacements.keys()]
    .filter(({ length }) => length >= shortest)
    .sort((a, b) => b.length - a.length);
  if (values.length === 0) return (text) => text;
  const any = new RegExp(values.map(escapeRegex).join('|'), anyCase ? 'gi' : 'g');
  const folded = new Map([...replacements].map(([value, by]) => [value.toLowerCase(), by]));
  return (text) => text.replace(any, (found) => replacements.get(found) ?? folded.get(found.toLowerCase()) ?? '');
}

function walk(value: unknown, replacements: ReadonlyMap<string, string>, replace: (text: string) => string): unknown {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    const whole = replacements.get(String(value));
    if (whole !== undefined) return whole;
    return typeof value === 'string' ? replace(value) : value;
  }
  if (Array.isArray(value)) return value.map((inner) => walk(inner, replacements, replace));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [replace(key), walk(inner, replacements, replace)]),
  );
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function textsOf(value: unknown): string[] {
  if (value === undefined || value === null || value === '' || value === '-') return [];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return typeof value === 'object' ? [] : [String(value)];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function escapeXml(text: string): string {
  return text.replace(
    /[&<>"']/g,
    (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' })[char] ?? char,
  );
}
