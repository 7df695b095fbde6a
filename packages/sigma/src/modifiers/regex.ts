import { RE2JS } from 're2js';
import { estimateSize } from './regex-size.ts';

/** A regular expression that matches in linear time, searching anywhere in a value unless anchored. */
export type LinearRegex = RE2JS;

export type RegexResult =
  | { readonly ok: true; readonly regex: LinearRegex }
  | {
      readonly ok: false;
      readonly code: 'regex-syntax' | 'regex-construct' | 'regex-size';
      readonly message: string;
      readonly mend: string;
      /** offset inside the expression where it is known */
      readonly offset: number;
    };

/** Length of a source; the longest of SigmaHQ has 600 characters. */
const MAX_SOURCE = 10_000;
/**
 * Instructions of a compiled program. Time per character of a value grows with it: the worst of 1,800 instructions took
 * 3.5 ms per kilobyte. The largest of SigmaHQ (`.{1000,}`) has 1,003.
 */
const MAX_PROGRAM = 5_000;

/**
 * Compiles a rule's regular expression for re2js. What needs backtracking (lookaround, backreferences, atomic groups,
 * possessive quantifiers, conditionals, recursion) is refused by name: no expression of a rule may hang the process.
 * @param flags any of `i`, `m`, `s`
 */
export function compileRegex(source: string, flags: string): RegexResult {
  if (source.length > MAX_SOURCE) {
    const message = `the regular expression has ${source.length} characters, more than ${MAX_SOURCE}`;
    return { ok: false, code: 'regex-size', message, mend: 'split it into several values', offset: 0 };
  }
  const foreign = findForeign(source);
  if (foreign !== undefined) {
    return {
      ok: false,
      code: 'regex-construct',
      message: `the regular expression uses ${foreign.name} (\`${foreign.text}\`), which cannot be matched in linear time`,
      mend: foreign.mend,
      offset: foreign.offset,
    };
  }
  const estimate = estimateSize(source);
  if (estimate > 2 * MAX_PROGRAM) return tooLarge(`about ${estimate}`);
  let bits = 0;
  if (flags.includes('i')) bits |= RE2JS.CASE_INSENSITIVE;
  if (flags.includes('m')) bits |= RE2JS.MULTILINE;
  if (flags.includes('s')) bits |= RE2JS.DOTALL;
  try {
    const regex = RE2JS.compile(translate(source), bits);
    if (regex.programSize() > MAX_PROGRAM) return tooLarge(String(regex.programSize()));
    return { ok: true, regex };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      code: 'regex-syntax',
      message: `the regular expression is malformed: ${reason}`,
      mend: 'escape characters that are meant literally with a backslash; repetitions go up to 1000',
      offset: 0,
    };
  }
}

function tooLarge(size: string): RegexResult {
  const message = `the regular expression compiles to ${size} instructions, more than ${MAX_PROGRAM}`;
  return { ok: false, code: 'regex-size', message, mend: 'lower the counts of its repetitions', offset: 0 };
}

interface Foreign {
  readonly name: string;
  readonly text: string;
  readonly mend: string;
  readonly offset: number;
}

const LOOK = 'say the same with a second item: `|re` for what must be there, a `not` selection for what must not';
const GROUP = 'write an ordinary group: without backtracking it means the same here';

const GROUPS: readonly (readonly [prefix: string, name: string, mend: string])[] = [
  ['(?=', 'a lookahead', LOOK],
  ['(?!', 'a negative lookahead', LOOK],
  ['(?<=', 'a lookbehind', LOOK],
  ['(?<!', 'a negative lookbehind', LOOK],
  ['(?>', 'an atomic group', GROUP],
  ['(?(', 'a conditional group', 'write both cases as an alternation'],
  ['(?R', 'a recursion', 'regular expressions of Sigma cannot nest'],
  ['(?|', 'a branch reset', GROUP],
  ['(?#', 'a comment', 'put the comment behind a `#` of YAML'],
  ['(?P=', 'a backreference', 'write the repeated text out'],
  ['(?P>', 'a subroutine call', 'write the group out'],
];

/** Walks the expression outside of classes and escapes, and finds the first construct that needs backtracking. */
function findForeign(source: string): Foreign | undefined {
  let inClass = false;
  for (let i = 0; i < source.length; i++) {
    const char = source[i];
    if (char === '\\') {
      const next = source[i + 1] ?? '';
      if (next === 'Q') {
        const end = source.indexOf('\\E', i + 2);
        i = end < 0 ? source.length : end + 1;
        continue;
      }
      if (!inClass && ((next >= '1' && next <= '9') || next === 'k' || next === 'g')) {
        return { name: 'a backreference', text: `\\${next}`, mend: 'write the repeated text out', offset: i };
      }
      if (!inClass && (next === 'G' || next === 'K' || next === 'R' || next === 'X')) {
        return { name: 'an escape of PCRE', text: `\\${next}`, mend: 'write it with plain characters', offset: i };
      }
      i++;
    } else if (inClass) {
      if (char === ']') inClass = false;
    } else if (char === '[') {
      inClass = true;
      // a bracket right behind `[` or `[^` is a literal member
      if (source[i + 1] === '^') i++;
      if (source[i + 1] === ']') i++;
    } else if (char === '(' && source[i + 1] === '?') {
      const group = GROUPS.find(([prefix]) => source.startsWith(prefix, i));
      if (group !== undefined) return { name: group[1], text: group[0], mend: group[2], offset: i };
    } else if (char === '+' && i > 0 && isPossessive(source, i)) {
      return { name: 'a possessive quantifier', text: source.slice(i - 1, i + 1), mend: GROUP, offset: i - 1 };
    }
  }
  return undefined;
}

/** Whether the `+` at `at` follows a quantifier (`*+`, `++`, `?+`, `}+`) that isn't itself escaped or a lone brace. */
function isPossessive(source: string, at: number): boolean {
  const before = source[at - 1];
  if (before === '}') return /(?:^|[^\\])\{\d+(?:,\d*)?\}$/.test(source.slice(Math.max(0, at - 24), at));
  if (before !== '*' && before !== '+' && before !== '?') return false;
  let slashes = 0;
  for (let i = at - 2; i >= 0 && source[i] === '\\'; i--) slashes++;
  return slashes % 2 === 0 && at >= 2;
}

/** Spellings of PCRE and of .NET that RE2 knows under another name. */
export function translate(source: string): string {
  if (!source.includes('\\')) return source;
  return source.replace(/\\(?:u([0-9a-fA-F]{4})|[\s\S])/g, (whole, hex: string | undefined) => {
    if (hex !== undefined) return `\\x{${hex}}`;
    if (whole === '\\Z') return '\\z';
    return whole === '\\e' ? '\\x1b' : whole;
  });
}
