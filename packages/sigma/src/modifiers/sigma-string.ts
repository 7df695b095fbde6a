import type { ValuePart } from './value.ts';

const ANY: ValuePart = Object.freeze({ kind: 'any' });
const ONE: ValuePart = Object.freeze({ kind: 'one' });
const SPECIAL = /[*?\\]/;

/**
 * Reads a Sigma string: `*` is any run and `?` one character; `\*`, `\?` and `\\` are those characters; a `\` before
 * anything else, or at the end, is itself. So `\` and `\\` mean the same unless a wildcard follows: `\*` is a star,
 * `\\*` a backslash and a wildcard, `\\\*` a backslash and a star.
 */
export function parseSigmaString(text: string): ValuePart[] {
  if (!SPECIAL.test(text)) return text === '' ? [] : [{ kind: 'text', text }];
  const parts: ValuePart[] = [];
  let run = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === '\\') {
      const next = text[i + 1];
      if (next === '*' || next === '?' || next === '\\') {
        run += next;
        i++;
      } else run += char;
    } else if (char === '*' || char === '?') {
      if (run !== '') parts.push({ kind: 'text', text: run });
      run = '';
      if (char === '?') parts.push(ONE);
      else if (parts.at(-1)?.kind !== 'any') parts.push(ANY);
    } else run += char;
  }
  if (run !== '') parts.push({ kind: 'text', text: run });
  return parts;
}

/** Escapes a text so that `parseSigmaString` gives it back as one literal. */
export function escapeSigmaString(text: string): string {
  return text.replace(/[\\*?]/g, '\\$&');
}

/** The literal text of parts, or undefined where a wildcard or placeholder stands in them. */
export function literalText(parts: readonly ValuePart[]): string | undefined {
  let out = '';
  for (const part of parts) {
    if (part.kind !== 'text') return undefined;
    out += part.text;
  }
  return out;
}

/** Joins neighbouring texts and runs of `*`, as rewriting leaves them. */
export function mergeParts(parts: readonly ValuePart[]): ValuePart[] {
  const out: ValuePart[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (part.kind === 'text') {
      if (part.text === '') continue;
      if (last?.kind === 'text') {
        out[out.length - 1] = { kind: 'text', text: last.text + part.text };
        continue;
      }
    } else if (part.kind === 'any' && last?.kind === 'any') continue;
    out.push(part);
  }
  return out;
}

/** Adds `*` at the edges where there isn't one already. */
export function addWildcards(parts: readonly ValuePart[], start: boolean, end: boolean): ValuePart[] {
  const out = [...parts];
  if (start && out[0]?.kind !== 'any') out.unshift(ANY);
  if (end && out.at(-1)?.kind !== 'any') out.push(ANY);
  return out;
}

/** Parts as a Sigma string again, for messages and pipelines. */
export function formatSigmaString(parts: readonly ValuePart[]): string {
  let out = '';
  for (const part of parts) {
    if (part.kind === 'text') out += escapeSigmaString(part.text);
    else if (part.kind === 'any') out += '*';
    else if (part.kind === 'one') out += '?';
    else if (part.kind === 'dash') out += '-';
    else out += `%${part.name}%`;
  }
  return out;
}
