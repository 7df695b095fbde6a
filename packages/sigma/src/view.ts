import type { Rule } from './ast.ts';
import type { EventAccess } from './event.ts';

/**
 * One Sigma log source under which an event is offered to rules. A rule applies when everything that its `logsource`
 * states equals (without case) what the offer states. `fields` maps a rule's field name to the source's own (Security
 * 4688 is offered as process_creation with `Image` → `NewProcessName`); a field that isn't listed keeps its name.
 */
export interface Offer {
  readonly product?: string;
  readonly category?: string;
  readonly service?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** What the values of one event amount to. */
export interface Outcome {
  /** rules that hold, decided by signatures alone */
  readonly matched: readonly Bound[];
  /** rules that the signatures leave open (`fieldref`, time parts): `decide` asks the event itself */
  readonly open: readonly Bound[];
}

/** A rule bound to the offer under which it applies: the same rule may be bound twice where offers differ in fields. */
export interface Bound {
  readonly rule: Rule;
  readonly offer: Offer;
}

/**
 * The plan seen from one kind of event: which rules can apply, which of the source's fields they read, and a state
 * machine over what the values mean. Two ways to use it, with the same result:
 *
 * - `match(event)`: hand over an event;
 * - compiled: for each slot, turn the value into a *signature* (0: it says nothing; a caller may remember signatures by
 *   value for as long as `epoch` stays the same), `step` through the ones that aren't 0 in slot order from state 0, and
 *   read the `outcome` of the last state.
 */
export interface View {
  readonly offers: readonly Offer[];
  /** rules that can apply to this kind of event */
  readonly rules: readonly Bound[];
  /** the source's own field names that these rules read; the index is the slot */
  readonly fields: readonly string[];
  /** whether keywords are asked for: then every value and the raw text also go through `keyword` */
  readonly keywords: boolean;
  /** changes when remembered signatures and states are no longer valid (memory bound reached) */
  readonly epoch: number;
  /** what a value means to a slot; `undefined` is an absent field, an array means any of its elements. 0: nothing */
  signature(slot: number, value: unknown): number;
  /** what a value (or the raw text) means to the keywords. 0: nothing */
  keyword(value: unknown): number;
  /**
   * Whether the value in a slot can matter to an event that has come to this state. A slot in which no rule is called up is
   * only read for rules that are alive: a caller may leave it out where this says false, and need not find its value.
   */
  wants(state: number, slot: number): boolean;
  /** Whether a slot has to be read whatever the state: then `wants` need not be asked. */
  always(slot: number): boolean;
  /** the state after one more signature, keywords last; 0 is the start. Order of slots must be ascending */
  step(state: number, signature: number): number;
  outcome(state: number): Outcome;
  /** whether an open rule holds for this event */
  decide(bound: Bound, event: EventAccess): boolean;
  /** all rules that hold for the event */
  match(event: EventAccess): readonly Bound[];
}
