import { printable } from '../printable.ts';
import type { ConditionTrace, Explanation, ItemTrace, NodeTrace, SelectionTrace } from './explanation.ts';

/** Characters of a value inside a sentence. */
const MAX_VALUE = 160;
/** Reasons of one list that a sentence gives. */
const MAX_REASONS = 4;

/**
 * An explanation in words, on one line: what made the rule hold, or what kept it from holding. Text from the rule and
 * the event is made printable: no escape code, line break or reversed writing comes through.
 */
export function sentence(explanation: Explanation): string {
  const selections = new Map(explanation.selections.map((one) => [one.name, one]));
  const reasons = [...new Set(conditionReasons(explanation.condition, selections))];
  const verdict = explanation.held ? 'The rule holds' : 'The rule does not hold';
  return printable(reasons.length === 0 ? `${verdict}.` : `${verdict}: ${reasons.join('; ')}.`);
}

type Selections = ReadonlyMap<string, SelectionTrace>;

/** What decided a condition: of an `and` that held everything, of one that didn't the first that failed, and so on. */
function conditionReasons(trace: ConditionTrace, selections: Selections): string[] {
  switch (trace.kind) {
    case 'and':
    case 'or': {
      const all = (trace.kind === 'and') === trace.held;
      const decisive = trace.of.filter((one) => one.held === trace.held);
      return (all ? decisive : decisive.slice(0, 1)).flatMap((one) => conditionReasons(one, selections));
    }
    case 'not':
      return trace.held ? absence(trace.of, selections) : conditionReasons(trace.of, selections);
    case 'selection':
      return [selectionReason(selections.get(trace.name))];
    case 'of': {
      const members = trace.names.map((name) => selections.get(name));
      const all = (trace.quantity === 'all') === trace.held;
      const decisive = members.filter((one) => one?.held === trace.held);
      return (all ? decisive.slice(0, MAX_REASONS) : decisive.slice(0, 1)).map(selectionReason);
    }
  }
}

/** A `not` that held: it is enough to say that its selections didn't. */
function absence(trace: ConditionTrace, selections: Selections): string[] {
  if (trace.kind === 'selection') return [`not \`${trace.name}\``];
  if (trace.kind === 'of') {
    return [
      trace.quantity === 'any' ? `none of \`${trace.written.replace(/^\S+ of /, '')}\`` : `not \`${trace.written}\``,
    ];
  }
  return conditionReasons(trace, selections);
}

function selectionReason(selection: SelectionTrace | undefined): string {
  if (selection === undefined) return 'a selection is missing';
  return `\`${selection.name}\` ${selection.held ? 'holds' : 'does not'}, because ${nodeReason(selection.node)}`;
}

function nodeReason(trace: NodeTrace): string {
  if (trace.kind === 'item') return itemReason(trace);
  if (trace.kind === 'not') return nodeReason(trace.of);
  const all = (trace.kind === 'all') === trace.held;
  const decisive = trace.of.filter((one) => one.held === trace.held);
  const told = decisive.slice(0, all ? MAX_REASONS : 1).map(nodeReason);
  const left = all ? trace.of.length + trace.omitted - told.length : 0;
  const more = left > 0 && trace.kind === 'any' ? ` (and ${left} more that fail)` : '';
  return told.join(' and ') + more;
}

function itemReason(trace: ItemTrace): string {
  const words = trace.held ? trace.asked : trace.denied;
  if (trace.field === null) {
    const where = trace.value === undefined ? '' : ` (${tick(around(trace))})`;
    return trace.held ? `a value${where} ${words}` : `no value ${trace.asked}`;
  }
  const name = trace.sourceField === undefined ? trace.field : `${trace.field} (here ${trace.sourceField})`;
  if (trace.value === undefined) return trace.held ? `${name} ${words}` : `${name} is absent, so it ${words}`;
  return `${name} (${tick(around(trace))}) ${words}`;
}

/** The value, or the surroundings of what matched where it is long. */
function around(trace: ItemTrace): string {
  const value = trace.value!;
  const at = value.matched === undefined ? 0 : value.matched[0] - value.offset;
  const from = value.text.length <= MAX_VALUE ? 0 : Math.max(0, Math.min(at - 40, value.text.length - MAX_VALUE));
  const text = value.text.slice(from, from + MAX_VALUE);
  const before = value.offset + from > 0 ? '...' : '';
  const after = value.offset + from + text.length < value.length ? '...' : '';
  return `${before}${text}${after}`;
}

function tick(text: string): string {
  return `\`${text}\``;
}
