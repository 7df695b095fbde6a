import type { Test } from '../ast.ts';
import { compileRegex, type LinearRegex } from '../modifiers/regex.ts';

const compiled = new WeakMap<Test, LinearRegex>();

/** Keeps what the loader compiled to see that it can be. */
export function keepRegex(test: Extract<Test, { kind: 'regex' }>, regex: LinearRegex): void {
  compiled.set(test, regex);
}

/**
 * The compiled expression of a test.
 * @throws TypeError for a test that didn't come from the loader and can't be compiled
 */
export function regexOf(test: Extract<Test, { kind: 'regex' }>): LinearRegex {
  let regex = compiled.get(test);
  if (regex === undefined) {
    const result = compileRegex(test.source, test.flags);
    if (!result.ok) throw new TypeError(result.message);
    regex = result.regex;
    compiled.set(test, regex);
  }
  return regex;
}
