import type { Test } from '../ast.ts';
import { textOf } from '../evaluate/match-test.ts';
import { regexOf } from '../evaluate/regex-of.ts';
import { matchWildcard } from '../evaluate/wildcard.ts';
import type { Excerpt } from './explanation.ts';

/** Characters of a value that an explanation keeps. */
const MAX_EXCERPT = 512;
/** Characters kept before the matched part. */
const LEAD = 64;

/** A value cut to a bearable length around the part that a test took. */
export function excerptOf(value: unknown, matched?: readonly [number, number]): Excerpt {
  const text = textOf(value) ?? describe(value);
  const from = matched === undefined || text.length <= MAX_EXCERPT ? 0 : Math.max(0, matched[0] - LEAD);
  const offset = Math.min(from, Math.max(0, text.length - MAX_EXCERPT));
  return {
    text: text.slice(offset, offset + MAX_EXCERPT),
    offset,
    length: text.length,
    ...(matched === undefined ? {} : { matched }),
  };
}

/** The part of a matching value that a test took: that of patterns and expressions, else all of it. */
export function matchedPart(test: Test, value: unknown): readonly [number, number] | undefined {
  const text = textOf(value);
  if (text === undefined) return undefined;
  if (test.kind === 'pattern') return matchWildcard(test.parts, text, test.cased);
  if (test.kind === 'regex') {
    const match = regexOf(test).exec(text) as { index: number; 0: string } | null;
    return match === null ? undefined : [match.index, match.index + match[0].length];
  }
  return [0, text.length];
}

/** An array or object in a few words; deep ones aren't walked. */
function describe(value: unknown): string {
  if (Array.isArray(value)) {
    const shown = value.slice(0, 8).map((element) => textOf(element)?.slice(0, MAX_EXCERPT) ?? '...');
    return `[${shown.join(', ')}${value.length > 8 ? `, and ${value.length - 8} more` : ''}]`;
  }
  return value === null ? 'null' : `an object with ${Object.keys(value as object).length} fields`;
}
