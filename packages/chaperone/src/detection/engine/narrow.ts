import { type Bound, type Condition, type EventAccess, matchTest, type Node, type Rule } from '@chaperone/sigma';

/** What is known of all events of a kind before one is read: `EventID` 4624, say. */
export type Known = Readonly<Record<string, unknown>>;

/** true, false, or not decided by what is known */
type Truth = boolean | undefined;

/**
 * The rules that can still hold when these fields have these values. A class knows its event id, provider and channel, and
 * most rules for a Windows log name one event id: of 166 rules for the Security log, those for other events need not be
 * looked at, nor the fields that only they read.
 */
export function narrow(bounds: readonly Bound[], known: Known): Bound[] {
  const access: EventAccess = { get: (field) => known[field], values: () => {} };
  return bounds.filter((bound) => truthOf(bound, known, access) !== false);
}

function truthOf({ rule, offer }: Bound, known: Known, access: EventAccess): Truth {
  const selections = new Map<string, Truth>();
  const selection = (name: string): Truth => {
    if (!selections.has(name)) {
      const node = rule.selections.get(name);
      selections.set(name, node === undefined ? undefined : ofNode(node));
    }
    return selections.get(name);
  };
  const ofNode = (node: Node): Truth => {
    switch (node.kind) {
      case 'all':
        return and(node.of.map(ofNode));
      case 'any':
        return or(node.of.map(ofNode));
      case 'not':
        return not(ofNode(node.of));
      case 'item': {
        if (node.field === null || node.test.kind === 'fieldref') return undefined;
        const field = offer.fields?.[node.field] ?? node.field;
        return Object.hasOwn(known, field) ? matchTest(node.test, known[field], access) : undefined;
      }
    }
  };
  return ofCondition(rule, rule.condition, selection);
}

function ofCondition(rule: Rule, condition: Condition, selection: (name: string) => Truth): Truth {
  switch (condition.kind) {
    case 'and':
      return and(condition.of.map((inner) => ofCondition(rule, inner, selection)));
    case 'or':
      return or(condition.of.map((inner) => ofCondition(rule, inner, selection)));
    case 'not':
      return not(ofCondition(rule, condition.of, selection));
    case 'selection':
      return selection(condition.name);
    case 'of':
      return condition.quantity === 'all' ? and(condition.names.map(selection)) : or(condition.names.map(selection));
  }
}

function and(truths: readonly Truth[]): Truth {
  if (truths.includes(false)) return false;
  return truths.includes(undefined) ? undefined : true;
}

function or(truths: readonly Truth[]): Truth {
  if (truths.includes(true)) return true;
  return truths.includes(undefined) ? undefined : false;
}

function not(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}
