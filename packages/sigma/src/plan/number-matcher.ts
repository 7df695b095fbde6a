import type { Hits } from '../automaton/hits.ts';

/** A test on a number, by the number its owner knows it by. */
export type NumberTest =
  | { readonly kind: 'number'; readonly number: number; readonly value: number }
  | {
      readonly kind: 'compare';
      readonly number: number;
      readonly op: 'lt' | 'lte' | 'gt' | 'gte';
      readonly value: number;
    };

interface Bound {
  readonly number: number;
  readonly value: number;
  readonly orEqual: boolean;
}

/** Equality and comparisons of one field, asked of a number at once: a map, and bounds sorted so that a walk stops early. */
export class NumberMatcher {
  readonly #equal = new Map<number, number[]>();
  /** ascending: the value has to be above */
  readonly #above: readonly Bound[];
  /** descending: the value has to be below */
  readonly #below: readonly Bound[];

  constructor(tests: readonly NumberTest[]) {
    const above: Bound[] = [];
    const below: Bound[] = [];
    for (const test of tests) {
      if (test.kind === 'number') {
        const same = this.#equal.get(test.value);
        if (same === undefined) this.#equal.set(test.value, [test.number]);
        else same.push(test.number);
        continue;
      }
      const bound = { number: test.number, value: test.value, orEqual: test.op.endsWith('e') };
      (test.op.startsWith('g') ? above : below).push(bound);
    }
    this.#above = above.sort((a, b) => a.value - b.value);
    this.#below = below.sort((a, b) => b.value - a.value);
  }

  /** Adds to `truth` the tests that hold of the value. */
  match(value: number, truth: Hits): void {
    const equal = this.#equal.get(value);
    if (equal !== undefined) for (let i = 0; i < equal.length; i++) truth.add(equal[i]);
    for (let i = 0; i < this.#above.length && this.#above[i].value <= value; i++) {
      if (this.#above[i].orEqual || this.#above[i].value < value) truth.add(this.#above[i].number);
    }
    for (let i = 0; i < this.#below.length && this.#below[i].value >= value; i++) {
      if (this.#below[i].orEqual || this.#below[i].value > value) truth.add(this.#below[i].number);
    }
  }
}
