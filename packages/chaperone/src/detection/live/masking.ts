import { createCipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { LogEvent } from '../../telemetry/index.ts';

/** A field of a source that must not be kept as it is. */
export interface MaskRule {
  readonly field: string;
  /** `mask`: replaced, equal values by equal ones; `drop`: taken out */
  readonly how: 'mask' | 'drop';
}

/** Values shorter than this stand in too many other words to be replaced wherever they occur. */
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
  const own = new Uint8Array(hkdfSync('sha256', key, '', 'sealed records', 32));
  return (record) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', own, nonce);
    const text = [cipher.update(record, 'utf8'), cipher.final()];
    return `sealed:${Buffer.concat([nonce, ...text, cipher.getAuthTag()]).toString('base64url')}`;
  };
}

/**
 * A record's text without the values of some fields, wherever in it they stand. The event is asked for the values, so fields are named as
 * rules name them; what comes out is decoded anew by the caller, so that nothing that is judged or stored ever held them.
 */
export function masked(
  text: string,
  event: LogEvent,
  rules: readonly MaskRule[],
  mask: (value: string) => string,
): string {
  const replacements = new Map<string, string>();
  for (const { field, how } of rules) {
    for (const value of textsOf(event.get(field))) replacements.set(value, how === 'mask' ? mask(value) : '');
  }
  if (replacements.size === 0) return text;
  // The longest first: a value may stand inside another.
  const values = [...replacements].sort(([a], [b]) => b.length - a.length);
  const json = text.trimStart().startsWith('{') ? parse(text) : undefined;
  if (json !== undefined) return JSON.stringify(walk(json, new Map(values)));
  let out = text;
  for (const [value, by] of values) {
    out = out.replaceAll(value, by);
    const escaped = escapeXml(value);
    if (escaped !== value) out = out.replaceAll(escaped, by);
    const quoted = JSON.stringify(value).slice(1, -1);
    if (quoted !== value) out = out.replaceAll(quoted, by);
  }
  return out;
}

function walk(value: unknown, replacements: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string' || typeof value === 'number') {
    const whole = replacements.get(String(value));
    if (whole !== undefined) return whole;
    if (typeof value === 'number') return value;
    let out = value;
    for (const [part, by] of replacements) if (part.length >= TELLING) out = out.replaceAll(part, by);
    return out;
  }
  if (Array.isArray(value)) return value.map((inner) => walk(inner, replacements));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, walk(inner, replacements)]));
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
