/**
 * From the atoms that hold of a value to the predicates that do. Nearly all predicates are an `any` of atoms, for which one
 * is enough, or an `all`, for which a count is; the few others are worked out, once one of their atoms holds. (No predicate
 * holds where none of its atoms does: that is how predicates are made.)
 */
import type { Hits } from '../automaton/hits.ts';
import type { Formula } from './formula.ts';
import type { Predicate } from './logic.ts';

const ANY = 0;
const ALL = 1;
const MIXED = 2;

export class PredicateCheck {
  readonly #predicates: readonly Predicate[];
  readonly #numberOf: (atom: number) => number;
  readonly #kind: Uint8Array;
  /** ALL: how many atoms have to hold */
  readonly #size: Int32Array;
  readonly #count: Int32Array;
  readonly #touched: Int32Array;
  /** atom → predicates, one after the other, from `#from[atom]` to `#from[atom + 1]` */
  readonly #of: Int32Array;
  readonly #from: Int32Array;
  readonly #truth: Hits;

  /**
   * @param numberOf the field's own number of an atom
   * @param truth the field's atoms that hold, by those numbers
   */
  constructor(predicates: readonly Predicate[], numberOf: (atom: number) => number, truth: Hits) {
    this.#predicates = predicates;
    this.#numberOf = numberOf;
    this.#truth = truth;
    this.#kind = new Uint8Array(predicates.length);
    this.#size = new Int32Array(predicates.length);
    this.#count = new Int32Array(predicates.length);
    this.#touched = new Int32Array(predicates.length);
    const atomsOf = predicates.map((predicate) => [...new Set(atomsIn(predicate.formula, []))].map(numberOf));
    for (const [i, { formula }] of predicates.entries()) {
      const plain = formula.kind === 'atom' || isPlain(formula);
      this.#kind[i] = !plain ? MIXED : formula.kind === 'all' ? ALL : ANY;
      this.#size[i] = atomsOf[i].length;
    }
    this.#from = new Int32Array(truth.list.length + 1);
    for (const atoms of atomsOf) for (const atom of atoms) this.#from[atom + 1]++;
    for (let atom = 0; atom < truth.list.length; atom++) this.#from[atom + 1] += this.#from[atom];
    this.#of = new Int32Array(this.#from[truth.list.length]);
    const next = this.#from.slice();
    for (const [i, atoms] of atomsOf.entries()) for (const atom of atoms) this.#of[next[atom]++] = i;
  }

  /** Writes the predicates that hold to `into`, ascending, and says how many. */
  collect(into: Int32Array): number {
    const truth = this.#truth;
    const counts = this.#count;
    let touched = 0;
    for (let i = 0; i < truth.count; i++) {
      const atom = truth.list[i];
      for (let at = this.#from[atom]; at < this.#from[atom + 1]; at++) {
        const predicate = this.#of[at];
        if (counts[predicate]++ === 0) this.#touched[touched++] = predicate;
      }
    }
    let found = 0;
    for (let i = 0; i < touched; i++) {
      const predicate = this.#touched[i];
      if (this.#holds(predicate)) into[found++] = predicate;
      counts[predicate] = 0;
    }
    sortPrefix(into, found);
    return found;
  }

  #holds(predicate: number): boolean {
    const kind = this.#kind[predicate];
    if (kind === ANY) return true;
    if (kind === ALL) return this.#count[predicate] === this.#size[predicate];
    return this.#evaluate(this.#predicates[predicate].formula);
  }

  #evaluate(formula: Formula): boolean {
    switch (formula.kind) {
      case 'atom':
        return this.#truth.has(this.#numberOf(formula.atom.id)) !== formula.negated;
      case 'all':
        for (const part of formula.of) if (!this.#evaluate(part)) return false;
        return true;
      case 'any':
        for (const part of formula.of) if (this.#evaluate(part)) return true;
        return false;
      case 'constant':
        return formula.value;
      case 'open':
        throw new TypeError('an open test in a predicate');
    }
  }
}

/** Whether the formula is a list of atoms, none negated. */
function isPlain(formula: Formula): boolean {
  return (
    (formula.kind === 'all' || formula.kind === 'any') &&
    formula.of.every((part) => part.kind === 'atom' && !part.negated)
  );
}

export function atomsIn(formula: Formula, into: number[]): number[] {
  if (formula.kind === 'atom') into.push(formula.atom.id);
  else if (formula.kind === 'all' || formula.kind === 'any') for (const part of formula.of) atomsIn(part, into);
  return into;
}

/** Lists here are short nearly always: insertion beats the call of a general sort, and makes no view on the array. */
const SHORT = 32;

/** Sorts the first `count` ints. */
export function sortPrefix(array: Int32Array, count: number): void {
  if (count > SHORT) {
    array.subarray(0, count).sort();
    return;
  }
  for (let i = 1; i < count; i++) {
    const value = array[i];
    let j = i - 1;
    for (; j >= 0 && array[j] > value; j--) array[j + 1] = array[j];
    array[j + 1] = value;
  }
}
