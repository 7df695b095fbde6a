/**
 * A view: the plan's field programs say which predicates a value makes true, the view keeps those that its own rules
 * ask for and numbers the lists (*signatures*), and a state machine steps through the numbers. Every answer is
 * remembered, so an event whose values have been seen costs one look-up a value and one a step.
 *
 * Signature 0 is reserved for "nothing", state 0 for the start. When a bound is reached all signatures and states are
 * dropped and `epoch` moves on; that happens inside `outcome` only, so numbers stay good from one event's first value
 * to its outcome.
 */
import { IntLists } from '../automaton/int-lists.ts';
import { evaluate } from '../evaluate/evaluate.ts';
import { textOf } from '../evaluate/match-test.ts';
import type { EventAccess } from '../event.ts';
import type { Bound, Offer, Outcome, View } from '../view.ts';
import type { FieldProgram } from './field-program.ts';
import { SlotReader } from './slot-reader.ts';
import { StateMachine } from './state-machine.ts';
import type { ViewRules } from './view-rules.ts';

const NONE: readonly Bound[] = Object.freeze([]);
const NOTHING: Outcome = Object.freeze({ matched: NONE, open: NONE });

/** Transitions kept per state allowed: most states are reached one way, a few by many. */
const STEPS_PER_STATE = 4;
/** Ints of state content kept per state allowed. */
const WEIGHT_PER_STATE = 64;

/** What a view has done so far. */
export interface ViewStats {
  readonly rules: number;
  readonly leaves: number;
  readonly standing: number;
  readonly signatures: number;
  readonly states: number;
  readonly transitions: number;
  /** steps that were computed and not looked up, in all epochs */
  readonly computed: number;
  readonly epoch: number;
}

export class RuleView implements View {
  readonly offers: readonly Offer[];
  readonly rules: readonly Bound[];
  readonly fields: readonly string[];
  readonly keywords: boolean;
  epoch = 0;
  readonly #tables: ViewRules;
  readonly #machine: StateMachine;
  readonly #signatures = new IntLists();
  readonly #readers: readonly SlotReader[];
  readonly #keywordReader: SlotReader | undefined;
  /** slot → signature of an absent field */
  readonly #absent: Int32Array;
  readonly #maxStates: number;
  #outcomes: (Outcome | undefined)[] = [];
  #keywordState = 0;
  /** of the event at hand */
  readonly #texts: string[] = [];
  readonly #gather = (value: unknown): void => {
    const text = typeof value === 'string' ? value : textOf(value);
    if (text !== undefined) this.#texts.push(text);
  };
  readonly #visitKeyword = (value: unknown): void => {
    const signature = this.keyword(value);
    if (signature !== 0) this.#keywordState = this.step(this.#keywordState, signature);
  };

  /** @param program the field program for a rule's field */
  constructor(
    offers: readonly Offer[],
    tables: ViewRules,
    program: (field: string | null) => FieldProgram,
    maxStates: number,
  ) {
    this.offers = offers;
    this.rules = tables.bounds;
    this.fields = tables.fields;
    this.#tables = tables;
    this.#machine = new StateMachine(tables);
    this.#maxStates = maxStates;
    this.#reserveNothing();
    const readers = readersOf(tables, program, this.#signatures);
    this.#keywordReader = readers[tables.fields.length];
    this.#readers = readers.slice(0, tables.fields.length) as SlotReader[];
    this.keywords = this.#keywordReader !== undefined;
    this.#absent = new Int32Array(this.fields.length).fill(-1);
  }

  signature(slot: number, value: unknown): number {
    if (value === undefined) {
      const absent = this.#absent[slot];
      if (absent >= 0) return absent;
      const signature = this.#readers[slot].read(undefined);
      this.#absent[slot] = signature;
      return signature;
    }
    return this.#readers[slot].read(value);
  }

  keyword(value: unknown): number {
    return this.#keywordReader === undefined ? 0 : this.#keywordReader.read(value);
  }

  wants(state: number, slot: number): boolean {
    return this.#machine.wants(state, slot);
  }

  always(slot: number): boolean {
    return this.#machine.always(slot);
  }

  step(state: number, signature: number): number {
    const known = this.#machine.known(state, signature);
    if (known >= 0) return known;
    const { pool } = this.#signatures;
    const start = this.#signatures.start(signature);
    const end = start + this.#signatures.length(signature);
    return this.#machine.compute(state, signature, pool[start], pool, start + 1, end);
  }

  outcome(state: number): Outcome {
    const outcome = this.#outcomes[state] ?? this.#decideState(state);
    if (this.#isFull()) this.#restart();
    return outcome;
  }

  #decideState(state: number): Outcome {
    const { holds, open } = this.#machine.decide(state);
    let outcome = NOTHING;
    if (holds.length > 0 || open.length > 0) {
      const matched = distinctRules(holds.map((rule) => this.rules[rule]));
      const decided = new Set(matched.map((bound) => bound.rule));
      const left = open.map((rule) => this.rules[rule]).filter((bound) => !decided.has(bound.rule));
      outcome = Object.freeze({ matched: Object.freeze(matched), open: Object.freeze(left) });
    }
    while (this.#outcomes.length <= state) this.#outcomes.push(undefined);
    this.#outcomes[state] = outcome;
    return outcome;
  }

  decide(bound: Bound, event: EventAccess): boolean {
    return evaluate(bound.rule, event, bound.offer.fields);
  }

  match(event: EventAccess): readonly Bound[] {
    const fields = this.fields;
    let state = 0;
    for (let slot = 0; slot < fields.length; slot++) {
      if (!this.#machine.wants(state, slot)) continue;
      const signature = this.signature(slot, event.get(fields[slot]));
      if (signature !== 0) state = this.step(state, signature);
    }
    if (this.#keywordReader !== undefined) state = this.#stepKeywords(this.#keywordReader, state, event);
    const { matched, open } = this.outcome(state);
    return open.length === 0 ? matched : this.#withOpen(matched, open, event);
  }

  #stepKeywords(reader: SlotReader, state: number, event: EventAccess): number {
    const texts = this.#texts;
    texts.length = 0;
    event.values(this.#gather);
    const raw = event.raw?.();
    if (raw !== undefined) texts.push(raw);
    // Nearly no event has a keyword in it, and one walk over all its texts costs half of what looking each of them up does.
    if (!reader.mayMean(texts.join('\n'))) return state;
    this.#keywordState = state;
    event.values(this.#visitKeyword);
    // No two records are written alike: hashing the text to look it up would cost as much as reading it.
    const signature = raw === undefined ? 0 : reader.readOnce(raw);
    return signature === 0 ? this.#keywordState : this.step(this.#keywordState, signature);
  }

  #withOpen(matched: readonly Bound[], open: readonly Bound[], event: EventAccess): readonly Bound[] {
    const held = open.filter((bound) => this.decide(bound, event));
    return held.length === 0 ? matched : distinctRules([...matched, ...held]);
  }

  #isFull(): boolean {
    const machine = this.#machine;
    return (
      machine.states > this.#maxStates ||
      machine.transitions > this.#maxStates * STEPS_PER_STATE ||
      machine.weight > this.#maxStates * WEIGHT_PER_STATE ||
      this.#signatures.size > this.#maxStates ||
      this.#signatures.weight > this.#maxStates * WEIGHT_PER_STATE
    );
  }

  #restart(): void {
    this.epoch++;
    this.#machine.reset();
    this.#outcomes = [];
    this.#signatures.clear();
    this.#reserveNothing();
    this.#absent.fill(-1);
    for (const reader of this.#readers) reader.forget();
    this.#keywordReader?.forget();
  }

  #reserveNothing(): void {
    this.#signatures.intern(new Int32Array(0), 0, 0);
  }

  stats(): ViewStats {
    return {
      rules: this.rules.length,
      leaves: this.#tables.leaves.length,
      standing: this.#tables.standing.length,
      signatures: this.#signatures.size,
      states: this.#machine.states,
      transitions: this.#machine.transitions,
      computed: this.#machine.computed,
      epoch: this.epoch,
    };
  }
}

/** One reader a slot, keywords last; a slot that asks several programs has them in order of their leaves. */
function readersOf(
  tables: ViewRules,
  program: (field: string | null) => FieldProgram,
  signatures: IntLists,
): (SlotReader | undefined)[] {
  const bySlot: Map<FieldProgram, Int32Array>[] = Array.from({ length: tables.fields.length + 1 }, () => new Map());
  for (const [leaf, { predicate }] of tables.leaves.entries()) {
    const asked = program(predicate.field);
    const inSlot = bySlot[tables.leafSlot[leaf]];
    let leafOf = inSlot.get(asked);
    if (leafOf === undefined) {
      leafOf = new Int32Array(asked.predicates.length).fill(-1);
      inSlot.set(asked, leafOf);
    }
    leafOf[asked.numberOf(predicate)] = leaf;
  }
  return bySlot.map((inSlot, slot) => {
    if (inSlot.size === 0) return undefined;
    const programs = [...inSlot].map(([asked, leafOf]) => ({ program: asked, leafOf }));
    return new SlotReader(slot, programs, signatures);
  });
}

/** A rule that holds under several offers is reported once. */
function distinctRules(bounds: readonly Bound[]): readonly Bound[] {
  const seen = new Set<unknown>();
  return bounds.filter((bound) => !seen.has(bound.rule) && seen.add(bound.rule));
}
