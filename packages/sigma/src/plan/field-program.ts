/**
 * Everything that any rule asks of one field, asked of a value at once. The answer is the list of predicates that hold,
 * as a number: 0 is the empty list. The program is shared by all views and builds its automata when first asked.
 */
import { Hits } from '../automaton/hits.ts';
import { IntLists } from '../automaton/int-lists.ts';
import type { Atom } from './atoms.ts';
import type { Formula } from './formula.ts';
import type { Predicate } from './logic.ts';
import { PredicateCheck, sortPrefix } from './predicate-check.ts';
import { ValueCheck } from './value-check.ts';
import { type MemoryBudget, ValueMemory } from './value-memory.ts';

/** Distinct lists kept before all are dropped. Real logs make some thousands; random values could make any number. */
const MAX_LISTS = 1 << 16;
/** Ints in all lists together, likewise. */
const MAX_WEIGHT = 1 << 21;
/** Numbers remembered, one for each value of their low bits: event ids stay, process ids pass through. */
const NUMBER_PLACES = 256;

export class FieldProgram {
  readonly field: string | null;
  readonly predicates: readonly Predicate[];
  /** list number → the program's own numbers of the predicates that hold */
  readonly lists = new IntLists();
  /** changes when `lists` is numbered anew */
  generation = 0;
  /** values looked at, not answered from memory */
  walked = 0;
  readonly #numbers = new Map<number, number>();
  readonly #atoms: readonly Atom[];
  /** lists of atoms that have held together, and the list of predicates that each comes to */
  readonly #atomLists = new IntLists();
  readonly #listOf: number[] = [];
  readonly #price: (formula: Formula) => number;
  readonly #memory: ValueMemory | undefined;
  /** the number last seen in each place, NaN for none, and its list */
  readonly #numberAt = new Float64Array(NUMBER_PLACES).fill(Number.NaN);
  readonly #numberList = new Int32Array(NUMBER_PLACES);
  readonly #found: Int32Array;
  #truth: Hits | undefined;
  #values: ValueCheck | undefined;
  #check: PredicateCheck | undefined;
  /** a string shorter than this can mean nothing */
  #least = 0;
  #absent = -1;

  /**
   * @param price how often a formula of the field may be expected to hold
   * @param budget what may be remembered; undefined: nothing
   */
  constructor(
    field: string | null,
    atoms: readonly Atom[],
    predicates: readonly Predicate[],
    price: (formula: Formula) => number,
    budget: MemoryBudget | undefined,
  ) {
    this.field = field;
    this.#price = price;
    this.#atoms = atoms;
    this.predicates = predicates;
    for (const [number, predicate] of predicates.entries()) this.#numbers.set(predicate.id, number);
    this.#memory = budget === undefined ? undefined : new ValueMemory(budget);
    this.#found = new Int32Array(predicates.length);
    this.#reserveEmpty();
  }

  /** The program's own number of a predicate of its field. */
  numberOf(predicate: Predicate): number {
    return this.#numbers.get(predicate.id)!;
  }

  get built(): boolean {
    return this.#check !== undefined;
  }

  /** The number of the list of predicates that hold of a value. */
  read(value: unknown): number {
    if (typeof value === 'string') {
      if (value.length < this.#least) return 0;
      if (this.#memory === undefined) return this.#walk(value);
      const known = this.#memory.get(value);
      return known >= 0 ? known : this.#learn(value, this.#memory);
    }
    if (value === undefined) {
      if (this.#absent < 0) this.#absent = this.#walk(undefined);
      return this.#absent;
    }
    if (typeof value === 'number' && this.#memory !== undefined) return this.#readNumber(value);
    return this.#walk(value);
  }

  /** The same of a text that will hardly come again: it is neither looked up nor remembered. */
  readOnce(text: string): number {
    return text.length < this.#least ? 0 : this.#walk(text);
  }

  /** Whether any of the texts that were joined to this one may mean something; false only where none does. */
  mayMean(joined: string): boolean {
    if (this.#check === undefined) this.#build();
    return this.#values!.mayHold(joined);
  }

  #readNumber(value: number): number {
    const place = value & (NUMBER_PLACES - 1);
    if (this.#numberAt[place] === value) return this.#numberList[place];
    const list = this.#walk(value);
    this.#numberAt[place] = value;
    this.#numberList[place] = list;
    return list;
  }

  #learn(text: string, memory: ValueMemory): number {
    const list = this.#walk(text);
    memory.put(text, list);
    return list;
  }

  #walk(value: unknown): number {
    const check = this.#check ?? this.#build();
    this.walked++;
    const truth = this.#truth!;
    truth.clear();
    this.#values!.collect(value);
    if (truth.count === 0) return 0;
    sortPrefix(truth.list, truth.count);
    const known = this.#atomLists.size;
    const atoms = this.#atomLists.intern(truth.list, 0, truth.count);
    if (atoms < known) return this.#listOf[atoms];
    return this.#number(atoms, check.collect(this.#found));
  }

  /** Numbers the list of the `count` predicates found, and remembers it for the list of atoms. */
  #number(atoms: number, count: number): number {
    if (this.lists.size >= MAX_LISTS || this.lists.weight + this.#atomLists.weight >= MAX_WEIGHT) {
      this.#restart();
      return this.lists.intern(this.#found, 0, count);
    }
    const list = this.lists.intern(this.#found, 0, count);
    this.#listOf[atoms] = list;
    return list;
  }

  #restart(): void {
    this.generation++;
    this.lists.clear();
    this.#atomLists.clear();
    this.#listOf.length = 0;
    this.#reserveEmpty();
    this.#memory?.clear();
    this.#numberAt.fill(Number.NaN);
    this.#absent = -1;
  }

  #reserveEmpty(): void {
    this.lists.intern(this.#found, 0, 0);
  }

  #build(): PredicateCheck {
    const numbers = new Map<number, number>();
    for (const [number, atom] of this.#atoms.entries()) numbers.set(atom.id, number);
    this.#truth = new Hits(this.#atoms.length);
    this.#values = new ValueCheck(
      this.#atoms.map((atom) => atom.test),
      this.#truth,
    );
    this.#least = this.#values.least;
    this.#check = new PredicateCheck(this.predicates, (atom) => numbers.get(atom)!, this.#price, this.#truth);
    return this.#check;
  }
}
