import type { PatternPart } from '../ast.ts';

const DASHES = ['-', '/', '–', '—', '―'];

/** A windash pattern with more variants than this is looked at in full on each hit instead: two dashes make 25. */
const MAX_VARIANTS = 25;

/**
 * The patterns that together mean the same as this one, without dash classes where that makes few: five needles are
 * found in the walk that is made anyway, while ` -s` cut at its class would be filed under the lone letter.
 */
export function plainVariants(parts: readonly PatternPart[]): readonly (readonly PatternPart[])[] {
  const dashes = parts.filter((part) => part.kind === 'dash').length;
  if (DASHES.length ** dashes > MAX_VARIANTS) return [merged(parts)];
  let variants: PatternPart[][] = [[]];
  for (const part of parts) {
    if (part.kind !== 'dash') for (const variant of variants) variant.push(part);
    else variants = variants.flatMap((variant) => DASHES.map((text) => [...variant, { kind: 'text' as const, text }]));
  }
  return variants.map(merged);
}

/** Texts side by side become one, and so do stars. */
function merged(parts: readonly PatternPart[]): PatternPart[] {
  const out: PatternPart[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (part.kind === 'text' && part.text === '') continue;
    if (part.kind === 'text' && last?.kind === 'text')
      out[out.length - 1] = { kind: 'text', text: last.text + part.text };
    else if (part.kind !== 'any' || last?.kind !== 'any') out.push(part);
  }
  return out;
}
