/**
 * The rules of a view with everything that the state machine asks of them, as flat tables: which leaf lies in which slot,
 * which rules a leaf calls up, how far a leaf has to be carried for rules that may yet be called up.
 */
import type { Bound, Offer } from '../view.ts';
import type { Logic, Predicate } from './logic.ts';
import { type ViewLogic, witness } from './witness.ts';

/** One predicate as asked of one of the source's fields. */
export interface Leaf {
  readonly predicate: Predicate;
  /** the source's own field name; null: keywords */
  readonly field: string | null;
}

/** A rule that applies under an offer, with its logic of the plan. */
export interface Applying {
  readonly bound: Bound;
  readonly logic: Logic;
}

export interface ViewRules {
  readonly bounds: readonly Bound[];
  readonly logic: readonly ViewLogic[];
  readonly leaves: readonly Leaf[];
  /** the source's fields, those that call up most rules first: what comes early narrows down what has to be carried */
  readonly fields: readonly string[];
  /** leaf → slot; keywords are in slot `fields.length` */
  readonly leafSlot: Int32Array;
  /** rule → its leaves */
  readonly ruleLeaves: readonly Int32Array[];
  /** leaf → rules that it calls up */
  readonly calls: readonly Int32Array[];
  /** leaf → the slot up to which it is carried whatever rules are alive */
  readonly carriedTo: Int32Array;
  /** rules without a witness: alive from the start */
  readonly standing: Int32Array;
}

/** @param price how often a predicate may be expected to hold, by its id */
export function tabulate(applying: readonly Applying[], price: Float64Array): ViewRules {
  const leaves: Leaf[] = [];
  const leafOf = new Map<string | null, Map<number, number>>();
  const leafNumber = (predicate: Predicate, offer: Offer): number => {
    const field = predicate.field === null ? null : sourceField(offer, predicate.field);
    let ofField = leafOf.get(field);
    if (ofField === undefined) {
      ofField = new Map();
      leafOf.set(field, ofField);
    }
    let leaf = ofField.get(predicate.id);
    if (leaf === undefined) {
      leaf = leaves.length;
      leaves.push({ predicate, field });
      ofField.set(predicate.id, leaf);
    }
    return leaf;
  };
  const logic = applying.map((rule) => number(rule.logic, rule.bound.offer, leafNumber));
  const witnesses = logic.map((rule) => witness(rule, (leaf) => price[leaves[leaf].predicate.id]));
  const fields = orderFields(leaves, witnesses);
  const slotOf = new Map(fields.map((field, slot) => [field, slot]));
  const leafSlot = Int32Array.from(leaves, (leaf) => (leaf.field === null ? fields.length : slotOf.get(leaf.field)!));
  const ruleLeaves = logic.map((rule) => Int32Array.from(new Set(leavesOf(rule, []))));

  const calls: number[][] = leaves.map(() => []);
  const carriedTo = new Int32Array(leaves.length);
  const standing: number[] = [];
  for (const [rule, found] of witnesses.entries()) {
    if (found === undefined) {
      standing.push(rule);
      continue;
    }
    let last = 0;
    for (const leaf of new Set(found)) {
      calls[leaf].push(rule);
      // Keywords are stepped through one by one in the same slot: what they call up needs its leaves to the very end.
      last = Math.max(last, leafSlot[leaf] === fields.length ? fields.length + 1 : leafSlot[leaf]);
    }
    for (const leaf of ruleLeaves[rule]) carriedTo[leaf] = Math.max(carriedTo[leaf], last);
  }
  return {
    bounds: applying.map((rule) => rule.bound),
    logic,
    leaves,
    fields,
    leafSlot,
    ruleLeaves,
    calls: calls.map((rules) => Int32Array.from(rules)),
    carriedTo,
    standing: Int32Array.from(standing),
  };
}

/** The source's own name for a rule's field. */
export function sourceField(offer: Offer, field: string): string {
  const fields = offer.fields;
  return fields !== undefined && Object.hasOwn(fields, field) ? fields[field] : field;
}

function orderFields(leaves: readonly Leaf[], witnesses: readonly (readonly number[] | undefined)[]): string[] {
  const called = new Map<string, number>();
  for (const leaf of leaves) if (leaf.field !== null) called.set(leaf.field, 0);
  for (const found of witnesses) {
    const fields = new Set(found?.map((leaf) => leaves[leaf].field));
    for (const field of fields) if (field !== null) called.set(field, called.get(field)! + 1);
  }
  return [...called].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([field]) => field);
}

function number(logic: Logic, offer: Offer, leafNumber: (predicate: Predicate, offer: Offer) => number): ViewLogic {
  switch (logic.kind) {
    case 'constant':
    case 'open':
      return logic;
    case 'leaf':
      return { kind: 'leaf', leaf: leafNumber(logic.predicate, offer), negated: logic.negated };
    case 'all':
    case 'any':
      return { kind: logic.kind, of: logic.of.map((part) => number(part, offer, leafNumber)) };
  }
}

function leavesOf(logic: ViewLogic, into: number[]): number[] {
  if (logic.kind === 'leaf') into.push(logic.leaf);
  else if (logic.kind === 'all' || logic.kind === 'any') for (const part of logic.of) leavesOf(part, into);
  return into;
}
