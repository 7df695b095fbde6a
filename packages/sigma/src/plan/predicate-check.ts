/**
 * From the atoms that hold of a value to the predicates that do. A predicate is looked at only when one of its
 * *witnesses* holds: atoms of which at least one has to (for an `any` all of them, for an `all` the rarest). For an
 * `any` that settles it; others are then worked out. No predicate holds where none of its atoms does: that is how they
 * are made, so each has a witness, if only all its atoms.
 */
import type { Hits } from '../automaton/hits.ts';
import type { Formula } from './formula.ts';
import type { Predicate } from './logic.ts';

/** A formula over the field's own numbers of its atoms. */
type Compiled =
  | { readonly kind: 'atom'; readonly atom: number; readonly negated: boolean }
  | { readonly kind: 'all' | 'any'; readonly of: readonly Compiled[] }
  | { readonly kind: 'constant'; readonly value: boolean };

/** Holds as soon as a witness does. */
const SETTLED: Compiled = { kind: 'constant', value: true };

export class PredicateCheck {
  readonly #compiled: readonly Compiled[];
  /** atom → predicates it is a witness of, one after the other, from `#from[atom]` to `#from[atom + 1]` */
  readonly #calls: Int32Array;
  readonly #from: Int32Array;
  readonly #looked: Uint8Array;
  readonly #touched: Int32Array;
  readonly #truth: Hits;

  /**
   * @param numberOf the field's own number of an atom
   * @param price how often an atom may be expected to hold, by its id
   * @param truth the field's atoms that hold, by the field's numbers
   */
  constructor(
    predicates: readonly Predicate[],
    numberOf: (atom: number) => number,
    price: (formula: Formula) => number,
    truth: Hits,
  ) {
    this.#truth = truth;
    this.#looked = new Uint8Array(predicates.length);
    this.#touched = new Int32Array(predicates.length);
    const witnesses = predicates.map(({ formula }) =>
      [...new Set(atomWitness(formula, price) ?? atomsIn(formula, []))].map(numberOf),
    );
    this.#compiled = predicates.map(({ formula }) => (isPlainAny(formula) ? SETTLED : compile(formula, numberOf)));
    this.#from = new Int32Array(truth.list.length + 1);
    for (const atoms of witnesses) for (const atom of atoms) this.#from[atom + 1]++;
    for (let atom = 0; atom < truth.list.length; atom++) this.#from[atom + 1] += this.#from[atom];
    this.#calls = new Int32Array(this.#from[truth.list.length]);
    const next = this.#from.slice();
    for (const [predicate, atoms] of witnesses.entries())
      for (const atom of atoms) this.#calls[next[atom]++] = predicate;
  }

  /** Writes the predicates that hold to `into`, ascending, and says how many. */
  collect(into: Int32Array): number {
    const truth = this.#truth;
    const looked = this.#looked;
    let touched = 0;
    let found = 0;
    for (let i = 0; i < truth.count; i++) {
      const atom = truth.list[i];
      const end = this.#from[atom + 1];
      for (let at = this.#from[atom]; at < end; at++) {
        const predicate = this.#calls[at];
        if (looked[predicate] === 1) continue;
        looked[predicate] = 1;
        this.#touched[touched++] = predicate;
        const compiled = this.#compiled[predicate];
        if (compiled === SETTLED || this.#evaluate(compiled)) into[found++] = predicate;
      }
    }
    for (let i = 0; i < touched; i++) looked[this.#touched[i]] = 0;
    sortPrefix(into, found);
    return found;
  }

  #evaluate(formula: Compiled): boolean {
    if (formula.kind === 'atom') return this.#truth.has(formula.atom) !== formula.negated;
    if (formula.kind === 'constant') return formula.value;
    const decisive = formula.kind === 'any';
    const { of } = formula;
    for (let i = 0; i < of.length; i++) if (this.#evaluate(of[i]) === decisive) return decisive;
    return !decisive;
  }
}

function compile(formula: Formula, numberOf: (atom: number) => number): Compiled {
  switch (formula.kind) {
    case 'atom':
      return { kind: 'atom', atom: numberOf(formula.atom.id), negated: formula.negated };
    case 'all':
    case 'any':
      return { kind: formula.kind, of: formula.of.map((part) => compile(part, numberOf)) };
    case 'constant':
      return formula;
    case 'open':
      throw new TypeError('an open test in a predicate');
  }
}

/** Whether one atom is enough. */
function isPlainAny(formula: Formula): boolean {
  if (formula.kind === 'atom') return !formula.negated;
  return formula.kind === 'any' && formula.of.every((part) => part.kind === 'atom' && !part.negated);
}

/** Atoms of which one has to hold, the cheapest such set; undefined where there is none. */
function atomWitness(formula: Formula, price: (formula: Formula) => number): readonly number[] | undefined {
  switch (formula.kind) {
    case 'atom':
      return formula.negated ? undefined : [formula.atom.id];
    case 'all': {
      const parts = formula.of.filter((part) => atomWitness(part, price) !== undefined);
      if (parts.length === 0) return undefined;
      return atomWitness(
        parts.reduce((best, part) => (price(part) < price(best) ? part : best)),
        price,
      );
    }
    case 'any': {
      const all: number[] = [];
      for (const part of formula.of) {
        const found = atomWitness(part, price);
        if (found === undefined) return undefined;
        all.push(...found);
      }
      return all;
    }
    default:
      return undefined;
  }
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
