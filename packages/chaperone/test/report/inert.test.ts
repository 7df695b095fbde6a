import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cut, inert, inertBlock } from '../../src/report/index.ts';

test.each([
  ['plain text, with ümläuts, 日本 and 🔑', 'plain text, with ümläuts, 日本 and 🔑'],
  ['\u001b[2J', '\\u{1b}[2J'],
  ['\u009b31m', '\\u{9b}31m'],
  ['invoice\u202efdp.exe', 'invoice\\u{202e}fdp.exe'],
  ['a\u200bb', 'a\\u{200b}b'],
  ['tab\tline\r\n', 'tab\\tline\\r\\n'],
  ['\ud800x', '\\u{d800}x'],
  ['\u{e0041}', '\\u{e0041}'],
  ['e\u0301', 'e\u0301'],
  [`e${'\u0301'.repeat(6)}`, `e${'\u0301'.repeat(4)}\\u{301}\\u{301}`],
  ['', ''],
])('%j', (text, safe) => {
  expect(inert(text)).toBe(safe);
});

test('a block keeps its lines and tabs, and nothing else', () => {
  expect(inertBlock('a\tb\r\nc\rd\u001b[0m')).toBe('a\tb\nc\nd\\u{1b}[0m');
});

test('nothing that acts or hides comes through, whatever comes in', () => {
  const any = fc.string({ unit: 'binary', maxLength: 200 });
  fc.assert(
    fc.property(any, (text) => {
      expect(inert(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      expect(inertBlock(text)).not.toMatch(/[^\P{Cc}\n\t]/u);
    }),
    { numRuns: 2000 },
  );
});

test('cutting splits no character and says what is left out', () => {
  expect(cut('abc', 3)).toBe('abc');
  expect(cut('ab🔑cd', 3)).toBe('ab … (4 more characters)');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, most) => {
      expect(cut(text, most)).not.toMatch(/\p{Cs}/u);
    }),
  );
});

test('a megabyte of hostile text is made inert in linear time', () => {
  for (const text of ['\u0301'.repeat(1_000_000), '\u001b'.repeat(1_000_000), 'a'.repeat(1_000_000)]) {
    const start = performance.now();
    inert(text);
    expect(performance.now() - start).toBeLessThan(5000);
  }
});
