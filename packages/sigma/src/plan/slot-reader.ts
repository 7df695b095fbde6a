/**
 * From a value to its signature in one slot of a view. The field program numbers lists of predicates for all views; the
 * slot keeps, by that number, what its view makes of them.
 *
 * Two of a rule's fields may mean the same field of the source (`Image` of a process_creation rule and `NewProcessName`
 * of a Security rule are both asked of `NewProcessName`): then the slot asks two programs and joins what they say.
 */
import type { IntLists } from '../automaton/int-lists.ts';
import { IntPairs } from '../automaton/int-pairs.ts';
import type { FieldProgram } from './field-program.ts';
import { sortPrefix } from './predicate-check.ts';

/** Which leaves a program's predicates are in this slot. */
export interface SlotProgram {
  readonly program: FieldProgram;
  /** the program's own number of a predicate → leaf, -1 where no rule of the view asks for it */
  readonly leafOf: Int32Array;
}

const UNSEEN = -1;
/** Pairs of lists kept before all are dropped. */
const MAX_PAIRS = 1 << 16;

export class SlotReader {
  readonly slot: number;
  readonly #programs: readonly SlotProgram[];
  readonly #first: FieldProgram;
  readonly #signatures: IntLists;
  /** list number of the first program → signature; used where there is one program only */
  #seen = new Int32Array(64).fill(UNSEEN);
  /** list numbers of two programs → signature */
  readonly #pairs = new IntPairs();
  #generation = 0;
  #buffer = new Int32Array(64);

  /** @param signatures the view's: each is the slot, then its leaves in ascending order */
  constructor(slot: number, programs: readonly SlotProgram[], signatures: IntLists) {
    this.slot = slot;
    this.#programs = programs;
    this.#first = programs[0].program;
    this.#signatures = signatures;
  }

  /** The signature of a value; 0 where it means nothing to the view. */
  read(value: unknown): number {
    if (this.#programs.length === 2) return this.#readBoth(value);
    if (this.#programs.length > 2) return this.#readAll(value);
    return this.#known(this.#first.read(value));
  }

  /** The same of a text that will hardly come again. */
  readOnce(text: string): number {
    return this.#programs.length > 1 ? this.read(text) : this.#known(this.#first.readOnce(text));
  }

  /** Whether any of the texts that were joined to this one may mean something to the view; false only where none does. */
  mayMean(joined: string): boolean {
    return this.#programs.length > 1 || this.#first.mayMean(joined);
  }

  /** The signature of a list of the only program. */
  #known(list: number): number {
    if (this.#generation !== this.#first.generation) this.forget();
    if (list < this.#seen.length) {
      const signature = this.#seen[list];
      if (signature !== UNSEEN) return signature;
    }
    return this.#learn(list);
  }

  /** Drops what was remembered: the view's signatures, or the program's lists, are numbered anew. */
  forget(): void {
    this.#seen.fill(UNSEEN);
    this.#pairs.clear();
    this.#generation = this.#generationNow();
  }

  #learn(list: number): number {
    if (list >= this.#seen.length) {
      const larger = new Int32Array(Math.max(this.#seen.length * 2, list + 1)).fill(UNSEEN);
      larger.set(this.#seen);
      this.#seen = larger;
    }
    const signature = this.#number(this.#gather(this.#programs[0], list, 0));
    this.#seen[list] = signature;
    return signature;
  }

  #readBoth(value: unknown): number {
    const [a, b] = this.#programs;
    const first = a.program.read(value);
    const second = b.program.read(value);
    if (this.#generation !== this.#generationNow() || this.#pairs.size > MAX_PAIRS) this.forget();
    const known = this.#pairs.get(first, second);
    if (known >= 0) return known;
    const signature = this.#number(this.#gather(b, second, this.#gather(a, first, 0)));
    this.#pairs.set(first, second, signature);
    return signature;
  }

  /** Changes when any program's does: generations only grow. */
  #generationNow(): number {
    let sum = 0;
    for (let i = 0; i < this.#programs.length; i++) sum += this.#programs[i].program.generation;
    return sum;
  }

  #readAll(value: unknown): number {
    let count = 0;
    for (const program of this.#programs) count = this.#gather(program, program.program.read(value), count);
    return this.#number(count);
  }

  /** Adds the leaves of one list to the buffer, behind the place kept for the slot. */
  #gather(from: SlotProgram, list: number, count: number): number {
    const lists = from.program.lists;
    const start = lists.start(list);
    const length = lists.length(list);
    if (this.#buffer.length < count + length + 1) {
      const larger = new Int32Array((count + length + 1) * 2);
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    let next = count;
    for (let i = start; i < start + length; i++) {
      const leaf = from.leafOf[lists.pool[i]];
      if (leaf >= 0) this.#buffer[++next] = leaf;
    }
    return next;
  }

  #number(count: number): number {
    if (count === 0) return 0;
    // The slot is in front of the leaves only to be told apart; sorted with them it could end up anywhere.
    this.#buffer[0] = -1;
    sortPrefix(this.#buffer, count + 1);
    this.#buffer[0] = this.slot;
    return this.#signatures.intern(this.#buffer, 0, count + 1);
  }
}
