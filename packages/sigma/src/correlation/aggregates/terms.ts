import type { Term } from '../temporal-terms.ts';
import type { Aggregate, Visitor } from './aggregate.ts';
import { Distinct } from './distinct.ts';
import { Ordered } from './ordered.ts';

/**
 * A boolean condition over rules: which of its terms hold for the window. The value is a bit mask of terms.
 */
export class Terms implements Aggregate {
  readonly terms: readonly Term[];
  /** latest occurrence of every rule in the window */
  readonly #rules: Distinct;
  /** one chain a term where the order counts */
  readonly #chains: readonly Ordered[] | undefined;
  readonly #positionOf: Int32Array;
  readonly #key = new Int32Array(2);

  constructor(terms: readonly Term[], ordered: boolean, positionOf: Int32Array) {
    this.terms = terms;
    this.#positionOf = positionOf;
    this.#rules = new Distinct(1, Number.POSITIVE_INFINITY, undefined);
    this.#chains = ordered ? terms.map((term) => new Ordered(term.occurred, positionOf)) : undefined;
  }

  get bytes(): number {
    return (this.#chains ?? []).reduce((sum, chain) => sum + chain.bytes, this.#rules.bytes);
  }

  add(slot: number, time: number, source: number, value: number, _tuple: Int32Array, ref: unknown): void {
    this.#key[0] = slot;
    this.#key[1] = this.#positionOf[source];
    this.#rules.add(slot, time, source, value, this.#key, ref);
    for (const chain of this.#chains ?? []) chain.add(slot, time, source, value, this.#key, ref);
  }

  expire(slot: number, from: number): void {
    this.#rules.expire(slot, from);
    for (const chain of this.#chains ?? []) chain.expire(slot, from);
  }

  value(slot: number): number {
    let mask = 0;
    for (let i = 0; i < this.terms.length; i++) if (this.#holds(slot, i)) mask |= 1 << i;
    return mask;
  }

  /** The terms of a mask that ask for something to have occurred and were completed by an event at `time`. */
  completed(slot: number, mask: number, time: number): number {
    let out = 0;
    for (let i = 0; i < this.terms.length; i++) {
      if ((mask & (1 << i)) === 0) continue;
      if (this.terms[i].occurred.some((rule) => this.#latest(slot, rule) === time)) out |= 1 << i;
    }
    return out;
  }

  /** The terms of a mask for which nothing that had to be absent is in the window. */
  stillAbsent(slot: number, mask: number): number {
    let out = 0;
    for (let i = 0; i < this.terms.length; i++) {
      if ((mask & (1 << i)) === 0) continue;
      if (this.terms[i].absent.every((rule) => Number.isNaN(this.#latest(slot, rule)))) out |= 1 << i;
    }
    return out;
  }

  events(slot: number): number {
    let count = 0;
    this.visit(slot, () => {
      count++;
      return true;
    });
    return count;
  }

  first(slot: number): number {
    let first = Number.POSITIVE_INFINITY;
    this.visit(slot, (time) => {
      first = time;
      return false;
    });
    return first;
  }

  /** Visits what makes the first term hold that does. */
  visit(slot: number, visitor: Visitor): void {
    const mask = this.value(slot);
    if (mask !== 0) this.visitTerm(slot, 31 - Math.clz32(mask & -mask), visitor);
  }

  /** Visits the events behind one term. */
  visitTerm(slot: number, i: number, visitor: Visitor): void {
    if (this.#chains !== undefined) {
      this.#chains[i].visit(slot, visitor);
      return;
    }
    const wanted = this.terms[i].occurred;
    this.#rules.visit(
      slot,
      (time, source, ref) => !wanted.includes(this.#positionOf[source]) || visitor(time, source, ref),
    );
  }

  clear(slot: number): void {
    this.#rules.clear(slot);
    for (const chain of this.#chains ?? []) chain.clear(slot);
  }

  #holds(slot: number, i: number): boolean {
    const term = this.terms[i];
    if (this.#chains !== undefined) {
      if (this.#chains[i].value(slot) === 0) return false;
    } else if (term.occurred.some((rule) => Number.isNaN(this.#latest(slot, rule)))) return false;
    return term.absent.every((rule) => Number.isNaN(this.#latest(slot, rule)));
  }

  #latest(slot: number, rule: number): number {
    this.#key[0] = slot;
    this.#key[1] = rule;
    return this.#rules.latest(this.#key);
  }
}
