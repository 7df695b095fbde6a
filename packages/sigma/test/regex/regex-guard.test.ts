import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold } from '../../src/index.ts';
import { compileRegex } from '../../src/modifiers/regex.ts';
import { regexGuard } from '../../src/regex/regex-guard.ts';

describe('what every match must have', () => {
  test.each([
    ['(?i)(powershell|pwsh)\\.exe.*-enc', ['powershell.exe', 'pwsh.exe'], 12],
    ['^abc$', ['abc'], 3],
    ['x{2}foo', ['xfoo'], 5],
    ['APT[12]', ['apt1', 'apt2'], 4],
    ['(ab)+c', ['abc'], 3],
    ['(ab){3}c', ['ababab'], 7],
    ['[^a]{3}b', ['b'], 4],
    ['a|', undefined, 0],
    ['x*', undefined, 0],
    ['.{1000,}', undefined, 1000],
  ])('%s', (source, literals, length) => {
    expect(regexGuard(source)).toEqual({ literals, length });
  });

  test.each(['\\pL', '(?P<n>a', '[[:alpha:]]', '\\Qa.b\\E', '(?=a)b', '😀'])('gives up at %s', (source) => {
    expect(regexGuard(source)).toEqual({ literals: undefined, length: 0 });
  });
});

/** Sources put together from what the reader knows, and what it has to give up at. */
const atom = fc.constantFrom(
  'a',
  'b',
  'A',
  '.',
  '\\d',
  '\\s',
  '\\w',
  '[ab]',
  '[^a]',
  '[a-c1]',
  '\\.',
  '^',
  '$',
  '\\b',
  '-',
  '\\x41',
  '[-/]',
  '\\D',
);
const repeat = fc.constantFrom('', '', '', '?', '*', '+', '{2}', '{1,2}', '{2,}', '+?', '{0,2}');
const source = fc.letrec<{ source: string }>((tie) => ({
  source: fc
    .array(
      fc.tuple(
        fc.oneof({ weight: 4, arbitrary: atom }, { weight: 1, arbitrary: tie('source').map((inner) => `(${inner})`) }),
        repeat,
      ),
      { minLength: 1, maxLength: 5 },
    )
    .chain((parts) => {
      const joined = parts.map(([one, times]) => (/^[\^$]$|^\\b$/.test(one) ? one : one + times)).join('');
      return fc.oneof(
        { weight: 4, arbitrary: fc.constant(joined) },
        { weight: 1, arbitrary: atom.map((other) => `${joined}|${other}`) },
      );
    }),
})).source;
const sample = fc
  .array(fc.constantFrom('a', 'b', 'A', 'B', '1', ' ', '.', '-', '/', '\n', 'c'), { maxLength: 12 })
  .map((units) => units.join(''));

test('no match is ever without it', () => {
  let matched = 0;
  fc.assert(
    fc.property(source, fc.constantFrom('', 'i', 's'), fc.array(sample, { maxLength: 20 }), (regex, flags, texts) => {
      const result = compileRegex(regex, flags);
      if (!result.ok) return;
      const { literals, length } = regexGuard(regex);
      for (const text of texts) {
        if (!result.regex.test(text)) continue;
        matched++;
        expect(text.length, `${regex} on ${text}`).toBeGreaterThanOrEqual(length);
        if (literals)
          expect(
            literals.some((one) => fold(text).includes(one)),
            `${regex} on ${JSON.stringify(text)}`,
          ).toBe(true);
      }
    }),
    { numRuns: 3000 },
  );
  expect(matched).toBeGreaterThan(1000);
});
