/** All tests of one field, asked of one value: sorts them by kind and hands each kind what it is asked of. */
import type { Hits } from '../automaton/hits.ts';
import { isPresent, textOf } from '../evaluate/match-test.ts';
import { regexOf } from '../evaluate/regex-of.ts';
import { numericValue } from '../number.ts';
import type { ValueTest } from './atoms.ts';
import { NetworkMatcher, type NetworkTest } from './network-matcher.ts';
import { NumberMatcher, type NumberTest } from './number-matcher.ts';
import { TextMatcher, type TextTest } from './text-matcher.ts';

/** Depth to which arrays in arrays are looked into, as in the plain evaluator. */
const MAX_DEPTH = 16;

export class ValueCheck {
  readonly #truth: Hits;
  readonly #texts: TextMatcher | undefined;
  readonly #numbers: NumberMatcher | undefined;
  readonly #networks: NetworkMatcher | undefined;
  readonly #nulls: number[] = [];
  readonly #present: number[] = [];
  readonly #true: number[] = [];
  readonly #false: number[] = [];
  /** a string shorter than this passes no test */
  readonly least: number;

  /** @param truth receives the indices in `tests` of those that hold */
  constructor(tests: readonly ValueTest[], truth: Hits) {
    this.#truth = truth;
    const texts: TextTest[] = [];
    const numbers: NumberTest[] = [];
    const networks: NetworkTest[] = [];
    for (const [number, test] of tests.entries()) {
      switch (test.kind) {
        case 'pattern':
          texts.push({ kind: 'pattern', number, parts: test.parts, cased: test.cased });
          break;
        case 'regex': {
          const regex = regexOf(test);
          texts.push({ kind: 'regex', number, source: test.source, check: { matches: (text) => regex.test(text) } });
          break;
        }
        case 'number':
          numbers.push({ kind: 'number', number, value: test.value });
          break;
        case 'compare':
          numbers.push({ kind: 'compare', number, op: test.op, value: test.value });
          break;
        case 'cidr':
          networks.push({ number, network: test.network });
          break;
        case 'boolean':
          (test.value ? this.#true : this.#false).push(number);
          break;
        case 'null':
          this.#nulls.push(number);
          break;
        case 'exists':
          this.#present.push(number);
      }
    }
    this.#texts = texts.length > 0 ? new TextMatcher(texts) : undefined;
    this.#numbers = numbers.length > 0 ? new NumberMatcher(numbers) : undefined;
    this.#networks = networks.length > 0 ? new NetworkMatcher(networks) : undefined;
    const others = numbers.length + networks.length + this.#true.length + this.#false.length + this.#present.length;
    this.least = others > 0 ? 0 : (this.#texts?.least ?? Number.POSITIVE_INFINITY);
  }

  /** Whether any of the texts that were joined to this one may pass a test; false only where no test holds of any of them. */
  mayHold(joined: string): boolean {
    return this.least === 0 || this.#nulls.length > 0 || this.#texts === undefined || this.#texts.mayMatch(joined);
  }

  /** Adds to `truth` the tests that hold of a value; undefined is an absent field, an array means any element. */
  collect(value: unknown): void {
    if (!isPresent(value, 0)) this.#addAll(this.#nulls);
    else this.#collectEach(value, 0);
  }

  #collectEach(value: unknown, depth: number): void {
    if (value === null || value === undefined) return;
    if (!Array.isArray(value)) this.#collectOne(value);
    else if (depth < MAX_DEPTH) for (const element of value) this.#collectEach(element, depth + 1);
  }

  #collectOne(value: unknown): void {
    this.#addAll(this.#present);
    if (this.#texts !== undefined) {
      const text = textOf(value);
      if (text !== undefined) this.#texts.match(text, this.#truth);
    }
    if (this.#numbers !== undefined) {
      const number = numericValue(value);
      if (number !== undefined) this.#numbers.match(number, this.#truth);
    }
    if (this.#networks !== undefined && typeof value === 'string') this.#networks.match(value, this.#truth);
    if (this.#true.length + this.#false.length > 0) this.#collectBoolean(value);
  }

  #collectBoolean(value: unknown): void {
    const word = typeof value === 'string' && value.length <= 5 ? value.toLowerCase() : value;
    if (word === true || word === 'true') this.#addAll(this.#true);
    else if (word === false || word === 'false') this.#addAll(this.#false);
  }

  #addAll(numbers: readonly number[]): void {
    for (let i = 0; i < numbers.length; i++) this.#truth.add(numbers[i]);
  }
}
