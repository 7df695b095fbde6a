/**
 * What the values of an event, taken slot by slot, amount to: a machine whose states are made when first reached.
 *
 * A state holds what may still matter: rules that hold already, rules that are *alive* (called up by a witness, not
 * yet decided), and the leaves that these or rules yet to be called up need. A rule is dropped as soon as no later
 * value can save it, a leaf as soon as nobody needs it, so the many events that interest no rule meet in few states
 * however different their values are. Truth is three-valued (Kleene): a leaf in a slot that hasn't come is unknown.
 *
 *     rule: all(CommandLine{-enc}, Image{\powershell.exe}, not ParentImage{\agent.exe})
 *     state 0 ─ CommandLine{-enc} → rule alive ─ Image{\powershell.exe} → rule alive ─ (nothing) → holds
 *                                            └─ (another image with a signature) → nothing: the empty state again
 */
import { IntLists } from '../automaton/int-lists.ts';
import { IntPairs } from '../automaton/int-pairs.ts';
import type { ViewRules } from './view-rules.ts';
import type { ViewLogic } from './witness.ts';

/** Truth values of Kleene's logic. */
const NO = 0;
const YES = 1;
const UNKNOWN = 2;

/** What an int of a state means, in its two low bits; the rest is the number of the rule or leaf. */
const HOLDS = 0;
const ALIVE = 1;
const LEAF = 2;

/** What is left at the end of an event, by rule number. */
export interface Decided {
  readonly holds: readonly number[];
  readonly open: readonly number[];
}

export class StateMachine {
  readonly #rules: ViewRules;
  readonly #states = new IntLists();
  readonly #steps = new IntPairs();
  /** leaf → whether it holds, for the step being computed */
  readonly #held: Uint8Array;
  /** leaf → whether the new state needs it */
  readonly #needed: Uint8Array;
  /** rule → whether it has been looked at in the step being computed */
  readonly #looked: Uint8Array;
  #buffer = new Int32Array(256);
  /** slot → whether it has to be read in any state: a rule may be called up there, or by what is carried from there */
  readonly #always: Uint8Array;
  /** state → slot → whether a rule alive in the state reads it; made when first asked for */
  #wanted: (Uint8Array | undefined)[] = [];
  /** steps that had to be computed, in all */
  computed = 0;

  constructor(rules: ViewRules) {
    this.#rules = rules;
    this.#held = new Uint8Array(rules.leaves.length);
    this.#needed = new Uint8Array(rules.leaves.length);
    this.#looked = new Uint8Array(rules.bounds.length);
    this.#always = new Uint8Array(rules.fields.length + 1);
    for (const [leaf, slot] of rules.leafSlot.entries()) {
      if (rules.calls[leaf].length > 0 || rules.carriedTo[leaf] > slot) this.#always[slot] = 1;
    }
    this.#begin();
  }

  get states(): number {
    return this.#states.size;
  }

  get transitions(): number {
    return this.#steps.size;
  }

  /** ints held in all states */
  get weight(): number {
    return this.#states.weight;
  }

  /** Forgets all states but 0, which becomes new. */
  reset(): void {
    this.#states.clear();
    this.#steps.clear();
    this.#wanted = [];
    this.#begin();
  }

  /** Whether a slot has to be read in any state. */
  always(slot: number): boolean {
    return this.#always[slot] === 1;
  }

  /** Whether a value in the slot can still change what an event in this state comes to. */
  wants(state: number, slot: number): boolean {
    return this.#always[slot] === 1 || (this.#wanted[state] ?? this.#wantedIn(state))[slot] === 1;
  }

  #wantedIn(state: number): Uint8Array {
    const wanted = new Uint8Array(this.#rules.fields.length + 1);
    const pool = this.#states.pool;
    const start = this.#states.start(state);
    const end = start + this.#states.length(state);
    for (let i = start; i < end; i++) {
      if ((pool[i] & 3) !== ALIVE) continue;
      for (const leaf of this.#rules.ruleLeaves[pool[i] >>> 2]) wanted[this.#rules.leafSlot[leaf]] = 1;
    }
    while (this.#wanted.length <= state) this.#wanted.push(undefined);
    this.#wanted[state] = wanted;
    return wanted;
  }

  #begin(): void {
    const { standing } = this.#rules;
    const buffer = standing.map((rule) => (rule << 2) | ALIVE);
    this.#states.intern(buffer, 0, buffer.length);
  }

  /** The state after the signature, if it is known; -1 if it has to be computed. */
  known(state: number, signature: number): number {
    return this.#steps.get(state, signature);
  }

  /**
   * Computes and remembers the state after a signature.
   * @param leaves pool in which the signature's leaves lie from `from` to `to`, ascending
   */
  compute(state: number, signature: number, slot: number, leaves: Int32Array, from: number, to: number): number {
    this.computed++;
    const held = this.#held;
    const looked = this.#looked;
    const start = this.#states.start(state);
    const end = start + this.#states.length(state);
    const pool = this.#states.pool;
    const { calls, ruleLeaves, carriedTo } = this.#rules;

    for (let i = start; i < end; i++) if ((pool[i] & 3) === LEAF) held[pool[i] >>> 2] = 1;
    for (let i = from; i < to; i++) held[leaves[i]] = 1;

    const holding: number[] = [];
    const alive: number[] = [];
    for (let i = start; i < end; i++) {
      const tag = pool[i] & 3;
      if (tag === LEAF) continue;
      const rule = pool[i] >>> 2;
      looked[rule] = 1;
      if (tag === HOLDS) holding.push(rule);
      else this.#look(rule, slot, holding, alive);
    }
    for (let i = from; i < to; i++) {
      const called = calls[leaves[i]];
      for (let j = 0; j < called.length; j++) {
        if (looked[called[j]] === 1) continue;
        looked[called[j]] = 1;
        this.#look(called[j], slot, holding, alive);
      }
    }

    const needed = this.#needed;
    for (const rule of alive) for (const leaf of ruleLeaves[rule]) needed[leaf] = 1;
    const kept: number[] = [];
    for (let i = start; i < end; i++) if ((pool[i] & 3) === LEAF) keep(pool[i] >>> 2, slot, needed, carriedTo, kept);
    for (let i = from; i < to; i++) keep(leaves[i], slot, needed, carriedTo, kept);

    // Leave the marks as they were found: all clear.
    for (const rule of alive) for (const leaf of ruleLeaves[rule]) needed[leaf] = 0;
    for (let i = start; i < end; i++) {
      if ((pool[i] & 3) === LEAF) held[pool[i] >>> 2] = 0;
      else looked[pool[i] >>> 2] = 0;
    }
    for (let i = from; i < to; i++) {
      held[leaves[i]] = 0;
      const called = calls[leaves[i]];
      for (let j = 0; j < called.length; j++) looked[called[j]] = 0;
    }

    const next = this.#intern(holding, alive, kept);
    this.#steps.set(state, signature, next);
    return next;
  }

  #look(rule: number, slot: number, holding: number[], alive: number[]): void {
    const truth = this.#truth(this.#rules.logic[rule], slot);
    if (truth === YES) holding.push(rule);
    else if (truth === UNKNOWN) alive.push(rule);
  }

  #intern(holding: number[], alive: number[], kept: number[]): number {
    const length = holding.length + alive.length + kept.length;
    if (length > this.#buffer.length) this.#buffer = new Int32Array(length * 2);
    const buffer = this.#buffer;
    let at = 0;
    for (const rule of holding.sort(ascending)) buffer[at++] = (rule << 2) | HOLDS;
    for (const rule of alive.sort(ascending)) buffer[at++] = (rule << 2) | ALIVE;
    for (const leaf of kept.sort(ascending)) buffer[at++] = (leaf << 2) | LEAF;
    let length2 = 0;
    // A leaf met again (keywords share a slot) is kept once.
    for (let i = 0; i < at; i++) if (i === 0 || buffer[i] !== buffer[i - 1]) buffer[length2++] = buffer[i];
    return this.#states.intern(buffer, 0, length2);
  }

  /** What is decided when no more values come. */
  decide(state: number): Decided {
    const pool = this.#states.pool;
    const start = this.#states.start(state);
    const end = start + this.#states.length(state);
    for (let i = start; i < end; i++) if ((pool[i] & 3) === LEAF) this.#held[pool[i] >>> 2] = 1;
    const holds: number[] = [];
    const open: number[] = [];
    for (let i = start; i < end; i++) {
      const tag = pool[i] & 3;
      const rule = pool[i] >>> 2;
      if (tag === HOLDS) holds.push(rule);
      else if (tag === ALIVE) {
        const truth = this.#truth(this.#rules.logic[rule], Number.POSITIVE_INFINITY);
        if (truth === YES) holds.push(rule);
        else if (truth === UNKNOWN) open.push(rule);
      }
    }
    for (let i = start; i < end; i++) if ((pool[i] & 3) === LEAF) this.#held[pool[i] >>> 2] = 0;
    return { holds: holds.sort(ascending), open };
  }

  /** Truth of a rule when the values up to `slot` are known. */
  #truth(logic: ViewLogic, slot: number): number {
    switch (logic.kind) {
      case 'leaf':
        if (this.#held[logic.leaf] === 1) return logic.negated ? NO : YES;
        // Another keyword may come in the same slot, so the last slot isn't known before the end.
        if (this.#rules.leafSlot[logic.leaf] > slot || this.#isOpenKeyword(logic.leaf, slot)) return UNKNOWN;
        return logic.negated ? YES : NO;
      case 'all': {
        let truth = YES;
        for (let i = 0; i < logic.of.length; i++) {
          const part = this.#truth(logic.of[i], slot);
          if (part === NO) return NO;
          if (part === UNKNOWN) truth = UNKNOWN;
        }
        return truth;
      }
      case 'any': {
        let truth = NO;
        for (let i = 0; i < logic.of.length; i++) {
          const part = this.#truth(logic.of[i], slot);
          if (part === YES) return YES;
          if (part === UNKNOWN) truth = UNKNOWN;
        }
        return truth;
      }
      case 'open':
        return UNKNOWN;
      case 'constant':
        return logic.value ? YES : NO;
    }
  }

  #isOpenKeyword(leaf: number, slot: number): boolean {
    const keywords = this.#rules.fields.length;
    return slot === keywords && this.#rules.leafSlot[leaf] === keywords;
  }
}

function keep(leaf: number, slot: number, needed: Uint8Array, carriedTo: Int32Array, kept: number[]): void {
  if (needed[leaf] === 1 || carriedTo[leaf] > slot) kept.push(leaf);
}

function ascending(a: number, b: number): number {
  return a - b;
}
