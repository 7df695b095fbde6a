import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PatternPart } from '../src/ast.ts';
import { contains, formatNetwork, parseAddress, parseNetwork } from '../src/evaluate/address.ts';
import { matchWildcard } from '../src/evaluate/wildcard.ts';
import { fold } from '../src/fold.ts';
import { encodeBase64Offsets } from '../src/modifiers/encode.ts';
import { compileRegex } from '../src/modifiers/regex.ts';
import { estimateSize } from '../src/modifiers/regex-size.ts';
import { escapeSigmaString, formatSigmaString, literalText, parseSigmaString } from '../src/modifiers/sigma-string.ts';
import { DASHES, dashPermutations, windash } from '../src/modifiers/windash.ts';
import { integerText, numericText } from '../src/number.ts';

/** A matcher that tries everything, character by character. */
function naive(parts: readonly PatternPart[], text: string, cased: boolean): boolean {
  const lower = (s: string) => (cased ? s : fold(s));
  const atoms = parts.flatMap((part) => (part.kind === 'text' ? [...lower(part.text)] : [part.kind]));
  const chars = [...lower(text)];
  const seen = new Set<number>();
  const go = (i: number, j: number): boolean => {
    if (i === atoms.length) return j === chars.length;
    const key = i * 1000 + j;
    if (seen.has(key)) return false;
    seen.add(key);
    const atom = atoms[i];
    if (atom === 'any') return go(i + 1, j) || (j < chars.length && go(i, j + 1));
    if (j >= chars.length) return false;
    if (atom === 'one') return go(i + 1, j + 1);
    if (atom === 'dash') return DASHES.includes(chars[j]) && go(i + 1, j + 1);
    return atom === chars[j] && go(i + 1, j + 1);
  };
  return go(0, 0);
}

const letter = fc.constantFrom(
  'a',
  'b',
  'A',
  'K',
  '\u212a',
  'ß',
  'Σ',
  'İ',
  '-',
  '/',
  '\u2013',
  '\u{1f600}',
  '\\',
  '*',
  '?',
);
const word = fc.array(letter, { maxLength: 12 }).map((letters) => letters.join(''));
const part: fc.Arbitrary<PatternPart> = fc.oneof(
  word.filter((text) => text !== '').map((text) => ({ kind: 'text', text }) as const),
  fc.constantFrom({ kind: 'any' } as const, { kind: 'one' } as const, { kind: 'dash' } as const),
);

describe('wildcards', () => {
  it('match what a matcher that tries everything matches', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 7 }), word, fc.boolean(), (parts, text, cased) => {
        expect(matchWildcard(parts, text, cased) !== undefined).toBe(naive(parts, text, cased));
      }),
      { numRuns: 3000 },
    );
  });

  it('say a part of the text', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 7 }), word, (parts, text) => {
        const found = matchWildcard(parts, text, false);
        if (found === undefined) return;
        expect(found[0]).toBeGreaterThanOrEqual(0);
        expect(found[1]).toBeGreaterThanOrEqual(found[0]);
        expect(found[1]).toBeLessThanOrEqual(text.length);
      }),
    );
    expect(matchWildcard(parseSigmaString('*foo*bar*') as PatternPart[], 'xx foo yy bar zz', false)).toEqual([3, 13]);
    expect(matchWildcard(parseSigmaString('*.exe') as PatternPart[], 'a.EXE', false)).toEqual([1, 5]);
  });

  it('stay fast on hostile texts', () => {
    const parts = parseSigmaString(`${'*a'.repeat(200)}*b`) as PatternPart[];
    const started = performance.now();
    matchWildcard(parts, 'a'.repeat(1_000_000), false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('Sigma strings', () => {
  it('come back as one literal when escaped', () => {
    fc.assert(
      fc.property(fc.oneof(word, fc.string()), (text) => {
        expect(literalText(parseSigmaString(escapeSigmaString(text)))).toBe(text);
      }),
    );
  });

  it('read the same when written out and read again', () => {
    fc.assert(
      fc.property(word, (text) => {
        const parts = parseSigmaString(text);
        expect(parseSigmaString(formatSigmaString(parts))).toEqual(parts);
      }),
    );
  });
});

describe('folding', () => {
  it('keeps length and looks at no neighbour', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        expect(fold(a)).toHaveLength(a.length);
        expect(fold(a + b)).toBe(fold(a) + fold(b));
        expect(fold(fold(a))).toBe(fold(a));
      }),
    );
    expect(fold('ΟΔΟΣ')).toBe('οδοσ');
  });
});

describe('windash', () => {
  it('matches exactly the permutations that its dashes stand for', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(' -', ' /', 'x', '-', 'y '), { maxLength: 6 }), (pieces) => {
        const text = pieces.join('');
        const parts = windash(parseSigmaString(text)) as PatternPart[];
        const variants = dashPermutations(parts, 5 ** 6) ?? [];
        for (const variant of variants) {
          const literal = literalText(variant) ?? '';
          expect(matchWildcard(parts, literal, true)).toBeDefined();
        }
        const dashes = parts.filter(({ kind }) => kind === 'dash').length;
        expect(variants).toHaveLength(5 ** dashes);
        expect([...text.matchAll(/\B[-/]\b/g)]).toHaveLength(dashes);
      }),
    );
  });
});

describe('base64offset', () => {
  it('finds any text at any place in what was encoded', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.uint8Array({ maxLength: 7 }),
        fc.uint8Array({ maxLength: 7 }),
        (text, before, after) => {
          const whole = Buffer.concat([before, Buffer.from(text), after]).toString('base64');
          expect(encodeBase64Offsets(text, false).some((encoded) => whole.includes(encoded))).toBe(true);
        },
      ),
    );
  });
});

describe('addresses', () => {
  it('lie in a network exactly where their bits say so', () => {
    const v4 = fc.nat(0xffffffff);
    const dotted = (n: number) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.');
    fc.assert(
      fc.property(v4, v4, fc.integer({ min: 0, max: 32 }), (a, n, bits) => {
        const network = parseNetwork(`${dotted(n)}/${bits}`)!;
        const same = bits === 0 || a >>> (32 - bits) === n >>> (32 - bits);
        expect(contains(network, parseAddress(dotted(a))!)).toBe(same);
        expect(contains(network, parseAddress(`::ffff:${dotted(a)}`)!)).toBe(same);
        expect(parseNetwork(formatNetwork(network))).toMatchObject({ bits: network.bits, v4: true, exact: true });
      }),
    );
    fc.assert(
      fc.property(fc.ipV6(), fc.integer({ min: 0, max: 128 }), (address, bits) => {
        const network = parseNetwork(`${address}/${bits}`)!;
        expect(parseNetwork(formatNetwork(network))).toMatchObject({ bits, exact: true });
        expect(parseAddress(address)).toBeDefined();
      }),
    );
    for (const bad of [
      '',
      '1.2.3',
      '1.2.3.256',
      '01.2.3.4',
      '1:2',
      ':::',
      '1::2::3',
      'g::',
      '1:2:3:4:5:6:7:8:9',
      `${'1:'.repeat(60)}1`,
    ]) {
      expect(parseAddress(bad), bad).toBeUndefined();
    }
  });
});

describe('numbers', () => {
  it('are read in decimal and hexadecimal and nothing else', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        expect(numericText(String(n))).toBe(n);
      }),
    );
    fc.assert(
      fc.property(fc.nat(), (n) => {
        expect(integerText(`0x${n.toString(16)}`)).toBe(n);
      }),
    );
    for (const text of ['', '-', '0x', '1e3', '007', '+1', ' 1', '1 ', '1.', '.5', 'Infinity', 'NaN', '1_000']) {
      expect(numericText(text), text).toBeUndefined();
    }
  });
});

describe('regular expressions', () => {
  it('never take long, whatever they and the values are', () => {
    for (const source of ['(a+)+$', '(a|a)*b', '(.*a){12}', '([a-z]+)*[0-9]', '(x+x+)+y']) {
      const result = compileRegex(source, '');
      if (!result.ok) throw new Error(result.message);
      const started = performance.now();
      result.regex.test(`${'ax'.repeat(5000)}!`);
      expect(performance.now() - started, source).toBeLessThan(1000);
    }
  });

  it('are refused where they are too large', () => {
    expect(compileRegex('(((a{200}){200}){200})', '')).toMatchObject({ ok: false });
    expect(compileRegex('a'.repeat(20_000), '')).toMatchObject({ ok: false, code: 'regex-size' });
    const started = performance.now();
    for (const bomb of ['x{999}'.repeat(1000), '(xyz[a-z]{9}){900}'.repeat(500), '((a{30}){30}){1}'.repeat(600)]) {
      expect(compileRegex(bomb, '')).toMatchObject({ ok: false, code: 'regex-size' });
    }
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('are measured about right before they are compiled', () => {
    const sources = [
      'abc',
      'a{10}b',
      '(ab|cd){20}',
      '[a-z]{3,5}x*',
      '\\p{Greek}{7}',
      '(?i)foo(bar(baz){4}){5}',
      '[]a]{8}',
      'a{2,}{b',
    ];
    for (const source of sources) {
      const result = compileRegex(source, '');
      if (!result.ok) throw new Error(result.message);
      const size = result.regex.programSize();
      expect(estimateSize(source), source).toBeGreaterThanOrEqual(size * 0.5 - 5);
      expect(estimateSize(source), source).toBeLessThanOrEqual(size * 1.5 + 10);
    }
  });

  it('compile or are refused, and never throw', () => {
    const piece = fc.constantFrom(
      'a',
      '(',
      ')',
      '[',
      ']',
      '*',
      '+',
      '?',
      '{2}',
      '{',
      '\\',
      '|',
      '^',
      '$',
      '.',
      '(?i)',
      '(?=',
      '\\d',
      '\\1',
      '-',
      '\\u0041',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const result = compileRegex(pieces.join(''), 'i');
        if (result.ok) result.regex.test('aaa-');
        else expect(result.message).not.toBe('');
      }),
    );
  });
});
