import type { Condition, Node, Rule } from '@chaperone/sigma';

/** What is known of an item on events of one kind; undefined: the store can answer it. */
export type Answer = (item: Extract<Node, { kind: 'item' }>) => boolean | 'unknown' | undefined;

const YES: Pick<Extract<Node, { kind: 'all' }>, 'kind' | 'of'> = { kind: 'all', of: [] };
const NO: Pick<Extract<Node, { kind: 'any' }>, 'kind' | 'of'> = { kind: 'any', of: [] };

/**
 * A rule that holds wherever a rule holds, and needs nothing that stored events don't answer: what nobody knows counts as it must for the rule to
 * hold. Undefined: the rule can hold for no event of the kind. The rule itself, where the store can answer all of it.
 */
export function widenedRule(rule: Rule, answer: Answer): Rule | undefined {
  let changed = false;
  const selections = new Map<string, Node>();
  const node = (one: Node, wanted: boolean): Node => {
    switch (one.kind) {
      case 'not':
        return folded({ ...one, of: node(one.of, !wanted) });
      case 'item': {
        const known = answer(one);
        if (known === undefined) return one;
        changed = true;
        return { ...((known === 'unknown' ? wanted : known) ? YES : NO), span: one.span };
      }
      default:
        return folded({ ...one, of: one.of.map((inner) => node(inner, wanted)) });
    }
  };
  const select = (name: string, wanted: boolean): string => {
    const key = `${wanted ? '+' : '-'}${name}`;
    const own = rule.selections.get(name);
    if (own !== undefined && !selections.has(key)) selections.set(key, node(own, wanted));
    return key;
  };
  const condition = (one: Condition, wanted: boolean): Condition => {
    switch (one.kind) {
      case 'not':
        return { ...one, of: condition(one.of, !wanted) };
      case 'selection':
        return { ...one, name: select(one.name, wanted) };
      case 'of':
        return { ...one, names: one.names.map((name) => select(name, wanted)) };
      default:
        return { ...one, of: one.of.map((inner) => condition(inner, wanted)) };
    }
  };
  const widened = condition(rule.condition, true);
  if (!changed) return rule;
  return constant(widened, selections) === false ? undefined : { ...rule, condition: widened, selections };
}

/** The truth of a node that no event decides; undefined: an event must be asked. */
function truth(node: Node): boolean | undefined {
  if (node.kind === 'all' && node.of.length === 0) return true;
  if (node.kind === 'any' && node.of.length === 0) return false;
  return undefined;
}

function folded(node: Exclude<Node, { kind: 'item' }>): Node {
  const { span } = node;
  if (node.kind === 'not') {
    const inner = truth(node.of);
    return inner === undefined ? node : { ...(inner ? NO : YES), span };
  }
  const decides = node.kind === 'any';
  if (node.of.some((inner) => truth(inner) === decides)) return { ...(decides ? YES : NO), span };
  return { ...node, of: node.of.filter((inner) => truth(inner) === undefined) };
}

function constant(condition: Condition, selections: ReadonlyMap<string, Node>): boolean | undefined {
  const of = (name: string) => {
    const node = selections.get(name);
    return node === undefined ? false : truth(node);
  };
  const joined = (all: boolean, parts: readonly (boolean | undefined)[]) => {
    if (parts.includes(!all)) return !all;
    return parts.every((part) => part === all) ? all : undefined;
  };
  switch (condition.kind) {
    case 'selection':
      return of(condition.name);
    case 'of':
      return joined(condition.quantity === 'all', condition.names.map(of));
    case 'not': {
      const inner = constant(condition.of, selections);
      return inner === undefined ? undefined : !inner;
    }
    default:
      return joined(
        condition.kind === 'and',
        condition.of.map((inner) => constant(inner, selections)),
      );
  }
}
