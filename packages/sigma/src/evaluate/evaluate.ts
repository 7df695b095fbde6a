import type { Condition, Node, Rule, Test } from '../ast.ts';
import type { EventAccess } from '../event.ts';
import { matchScalar, matchTest } from './match-test.ts';

/**
 * Whether a rule holds for an event: the plain evaluator. It walks the tree as it stands, so it is easy to see that it
 * is right; everything faster is tested against it.
 * @param fields maps a rule's field name to the source's own; a field that isn't listed keeps its name
 * @example
 * evaluate(rule, objectAccess({ Image: 'C:\\Windows\\System32\\whoami.exe' }))
 */
export function evaluate(rule: Rule, event: EventAccess, fields?: Readonly<Record<string, string>>): boolean {
  return holds(rule.condition, (name) => {
    const selection = rule.selections.get(name);
    return selection !== undefined && matchNode(selection, event, fields);
  });
}

/** Evaluates a condition over an answer per selection. */
export function holds(condition: Condition, selection: (name: string) => boolean): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.of.every((one) => holds(one, selection));
    case 'or':
      return condition.of.some((one) => holds(one, selection));
    case 'not':
      return !holds(condition.of, selection);
    case 'selection':
      return selection(condition.name);
    case 'of':
      return condition.quantity === 'all' ? condition.names.every(selection) : condition.names.some(selection);
  }
}

/** Whether a node of a selection holds for an event. */
export function matchNode(node: Node, event: EventAccess, fields?: Readonly<Record<string, string>>): boolean {
  switch (node.kind) {
    case 'all':
      return node.of.every((one) => matchNode(one, event, fields));
    case 'any':
      return node.of.some((one) => matchNode(one, event, fields));
    case 'not':
      return !matchNode(node.of, event, fields);
    case 'item':
      if (node.field === null) return matchKeyword(node.test, event);
      return matchTest(node.test, event.get(fields?.[node.field] ?? node.field), event, fields);
  }
}

/** A keyword is tried on every value and on the raw text. */
function matchKeyword(test: Test, event: EventAccess): boolean {
  let found = false;
  event.values((value) => {
    found ||= matchScalar(test, value, event);
  });
  if (found) return true;
  const raw = event.raw?.();
  return raw !== undefined && matchScalar(test, raw, event);
}
