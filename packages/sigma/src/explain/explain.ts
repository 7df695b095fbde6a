import type { Condition, Node, Rule, Test } from '../ast.ts';
import { holds } from '../evaluate/evaluate.ts';
import { anyElement, matchScalar, matchTest } from '../evaluate/match-test.ts';
import type { EventAccess } from '../event.ts';
import type { ConditionTrace, Excerpt, Explanation, ItemTrace, NodeTrace, SelectionTrace } from './explanation.ts';
import { excerptOf, matchedPart } from './locate.ts';
import { wordsOf } from './words.ts';

/** Nodes of one `any` that an explanation shows: some lists hold thousands. */
const MAX_SHOWN = 16;

/**
 * Explains why a rule holds for an event or doesn't. The verdict is that of `evaluate`, since both ask the same tests.
 * @param fields maps a rule's field name to the source's own
 * @example
 * sentence(explain(rule, objectAccess({ Image: 'C:\\Windows\\System32\\whoami.exe' })))
 */
export function explain(rule: Rule, event: EventAccess, fields?: Readonly<Record<string, string>>): Explanation {
  const tracer = new Tracer(event, fields);
  const traces = new Map<string, SelectionTrace>();
  const used = namesIn(rule.condition);
  for (const [name, selection] of rule.selections) {
    if (!used.has(name)) continue;
    const node = tracer.node(selection);
    traces.set(name, { name, held: node.held, node });
  }
  const condition = traceCondition(rule.condition, (name) => traces.get(name)?.held === true);
  return {
    rule: { id: rule.id, title: rule.title },
    held: condition.held,
    condition,
    selections: [...traces.values()],
  };
}

function namesIn(condition: Condition, names = new Set<string>()): Set<string> {
  if (condition.kind === 'selection') names.add(condition.name);
  else if (condition.kind === 'of') for (const name of condition.names) names.add(name);
  else if (condition.kind === 'not') namesIn(condition.of, names);
  else for (const one of condition.of) namesIn(one, names);
  return names;
}

function traceCondition(condition: Condition, selection: (name: string) => boolean): ConditionTrace {
  const held = holds(condition, selection);
  switch (condition.kind) {
    case 'and':
    case 'or':
      return { kind: condition.kind, held, of: condition.of.map((one) => traceCondition(one, selection)) };
    case 'not':
      return { kind: 'not', held, of: traceCondition(condition.of, selection) };
    case 'selection':
      return { kind: 'selection', held, name: condition.name };
    case 'of': {
      const { quantity, written, names } = condition;
      return { kind: 'of', held, quantity, written, names };
    }
  }
}

class Tracer {
  readonly #event: EventAccess;
  readonly #fields: Readonly<Record<string, string>> | undefined;

  constructor(event: EventAccess, fields: Readonly<Record<string, string>> | undefined) {
    this.#event = event;
    this.#fields = fields;
  }

  node(node: Node): NodeTrace {
    switch (node.kind) {
      case 'all':
        return this.#group(node, (traces) => traces.every((trace) => trace.held));
      case 'any':
        return this.#group(node, (traces) => traces.some((trace) => trace.held));
      case 'not': {
        const of = this.node(node.of);
        return { kind: 'not', held: !of.held, of, line: node.span.line };
      }
      case 'item':
        return node.field === null ? this.#keyword(node) : this.#item(node, node.field);
    }
  }

  /** Shows what decides: of an `any` that held its members that held, of an `all` that didn't those that didn't first. */
  #group(node: Extract<Node, { kind: 'all' | 'any' }>, decide: (traces: readonly NodeTrace[]) => boolean): NodeTrace {
    const traces = node.of.map((one) => this.node(one));
    const held = decide(traces);
    const decisive = traces.filter((trace) => trace.held === held);
    const shown = (node.kind === 'any') === held ? decisive : [...decisive, ...traces.filter((t) => t.held !== held)];
    const of = shown.length > MAX_SHOWN ? shown.slice(0, MAX_SHOWN) : shown;
    return { kind: node.kind, held, of, omitted: traces.length - of.length, line: node.span.line };
  }

  #item(node: Extract<Node, { kind: 'item' }>, field: string): ItemTrace {
    const source = this.#fields?.[field] ?? field;
    const value = this.#event.get(source);
    const held = matchTest(node.test, value, this.#event, this.#fields);
    const trace = itemTrace(node, held, held ? this.#matched(node.test, value) : shown(value));
    return source === field ? trace : { ...trace, sourceField: source };
  }

  /** The element that passed, and the part of it that the test took. */
  #matched(test: Test, value: unknown): Excerpt | undefined {
    let excerpt: Excerpt | undefined;
    anyElement(value, 0, (scalar) => {
      if (!matchScalar(test, scalar, this.#event, this.#fields)) return false;
      excerpt = excerptOf(scalar, matchedPart(test, scalar));
      return true;
    });
    return excerpt;
  }

  #keyword(node: Extract<Node, { kind: 'item' }>): ItemTrace {
    let value: Excerpt | undefined;
    const attempt = (scalar: unknown): void => {
      if (value === undefined && matchScalar(node.test, scalar, this.#event)) {
        value = excerptOf(scalar, matchedPart(node.test, scalar));
      }
    };
    this.#event.values(attempt);
    const raw = value === undefined ? this.#event.raw?.() : undefined;
    if (raw !== undefined) attempt(raw);
    return itemTrace(node, value !== undefined, value);
  }
}

function shown(value: unknown): Excerpt | undefined {
  return value === undefined ? undefined : excerptOf(value);
}

function itemTrace(node: Extract<Node, { kind: 'item' }>, held: boolean, value: Excerpt | undefined): ItemTrace {
  return {
    kind: 'item',
    held,
    field: node.field,
    key: node.key,
    written: node.written,
    ...wordsOf(node.test),
    ...(value === undefined ? {} : { value }),
    line: node.span.line,
  };
}
