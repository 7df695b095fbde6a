import type { ValuePart } from './value.ts';

/** The five characters that Windows programs take for the dash of a switch: `-`, `/`, en dash, em dash, bar. */
export const DASHES: readonly string[] = ['-', '/', '\u2013', '\u2014', '\u2015'];

const DASH: ValuePart = Object.freeze({ kind: 'dash' });
const WORD = /[\p{L}\p{N}_]/u;

/**
 * Turns every `-` or `/` that begins a word (`\B[-/]\b`: no word character before it, one behind it) into a class of
 * all five dashes. The class stands for all permutations at once: `-a -b` is 25 strings and one pattern.
 */
export function windash(parts: readonly ValuePart[]): ValuePart[] {
  return parts.flatMap((part) => (part.kind === 'text' ? splitDashes(part.text) : [part]));
}

function splitDashes(text: string): ValuePart[] {
  const parts: ValuePart[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char !== '-' && char !== '/') continue;
    if (i > 0 && WORD.test(text[i - 1])) continue;
    if (i + 1 >= text.length || !WORD.test(text[i + 1])) continue;
    if (i > from) parts.push({ kind: 'text', text: text.slice(from, i) });
    parts.push(DASH);
    from = i + 1;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

/** Every text that parts with dashes stand for; undefined where there would be more than `limit`. */
export function dashPermutations(parts: readonly ValuePart[], limit: number): ValuePart[][] | undefined {
  let variants: ValuePart[][] = [[]];
  for (const part of parts) {
    if (part.kind !== 'dash') {
      for (const variant of variants) variant.push(part);
      continue;
    }
    if (variants.length * DASHES.length > limit) return undefined;
    variants = variants.flatMap((variant) => DASHES.map((text) => [...variant, { kind: 'text', text } as ValuePart]));
  }
  return variants;
}
