/**
 * Makes events from a rule's own literals: one that should satisfy it, going down one branch of every choice, and near
 * misses of it. Nobody checks that it does satisfy; that is what the two evaluators are asked.
 */
import type { Condition, Node, PatternPart, Rule, Test } from '../../src/index.ts';

/** Numbers from 0 to below `count`, from a seed (mulberry32). */
export function random(seed: number): (count: number) => number {
  let state = seed | 0;
  return (count) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((((mixed ^ (mixed >>> 14)) >>> 0) * count) / 2 ** 32) | 0;
  };
}

interface Wanted {
  starts: string;
  middle: string;
  ends: string;
  exact: unknown;
}

export interface Made {
  readonly fields: Record<string, unknown>;
  readonly raw: string | undefined;
}

/** An event that goes for the rule. */
export function satisfy(rule: Rule, pick: (count: number) => number): Made {
  const wanted = new Map<string, Wanted>();
  const raw: string[] = [];
  fromCondition(rule.condition);
  const fields: Record<string, unknown> = {};
  for (const [field, { starts, middle, ends, exact }] of wanted) {
    fields[field] = exact ?? varied(starts + middle + ends, pick);
  }
  return { fields, raw: raw.length > 0 ? raw.join(' ') : undefined };

  function fromCondition(condition: Condition): void {
    if (condition.kind === 'selection') fromSelection(condition.name);
    else if (condition.kind === 'and') for (const part of condition.of) fromCondition(part);
    else if (condition.kind === 'or') fromCondition(condition.of[pick(condition.of.length)]);
    else if (condition.kind === 'of' && condition.quantity === 'all')
      for (const name of condition.names) fromSelection(name);
    else if (condition.kind === 'of') fromSelection(condition.names[pick(condition.names.length)]);
  }

  function fromSelection(name: string): void {
    const selection = rule.selections.get(name);
    if (selection !== undefined) fromNode(selection);
  }

  function fromNode(node: Node): void {
    if (node.kind === 'all') for (const part of node.of) fromNode(part);
    else if (node.kind === 'any') fromNode(node.of[pick(node.of.length)]);
    else if (node.kind === 'item' && node.field === null) {
      if (node.test.kind === 'pattern') raw.push(textOf(node.test.parts));
    } else if (node.kind === 'item') want(node.field!, node.test);
  }

  function want(field: string, test: Test): void {
    let known = wanted.get(field);
    if (known === undefined) {
      known = { starts: '', middle: '', ends: '', exact: undefined };
      wanted.set(field, known);
    }
    if (test.kind === 'pattern') wantPattern(known, test.parts);
    else if (test.kind === 'number') known.exact = pick(2) ? test.value : `0x${test.value.toString(16)}`;
    else if (test.kind === 'boolean') known.exact = pick(2) ? test.value : String(test.value).toUpperCase();
    else if (test.kind === 'compare') known.exact = test.value + (test.op.startsWith('g') ? 1 : -1) * pick(2);
    else if (test.kind === 'cidr') known.exact = test.network.split('/')[0];
    else if (test.kind === 'regex') known.middle += spelled(test.source);
    else if (test.kind === 'null') known.exact = pick(2) ? null : '';
  }

  function wantPattern(known: Wanted, parts: readonly PatternPart[]): void {
    const text = textOf(parts);
    const opens = parts[0]?.kind === 'any';
    const closes = parts.at(-1)?.kind === 'any';
    if (opens && closes) known.middle += text;
    else if (opens) known.ends = text;
    else if (closes) known.starts = text;
    else known.exact = text;
  }

  function textOf(parts: readonly PatternPart[]): string {
    const spell = { any: () => ['', 'x', '\\'][pick(3)], one: () => 'é', dash: () => '-/–—―'[pick(5)] };
    return parts.map((part) => (part.kind === 'text' ? part.text : spell[part.kind]())).join('');
  }
}

/** The literal letters of an expression, some spellings of its classes: right often enough. */
function spelled(source: string): string {
  return source
    .replaceAll(/\(\?[a-z]+\)|[\^$]/g, '')
    .replaceAll(/\\([dsw])/g, (_, one: string) => ({ d: '1', s: ' ', w: 'w' })[one]!)
    .replaceAll(/\[([^\]\\])[^\]]*\]/g, '$1')
    .replaceAll(/[+*?]|\{\d+(,\d*)?\}/g, '')
    .replaceAll(/\(\??:?([^()|]*)(\|[^()]*)?\)/g, '$1')
    .replaceAll(/\\(.)/g, '$1');
}

/** In other case, or with something beyond ASCII behind a literal's place. */
function varied(text: string, pick: (count: number) => number): string {
  return [text, text.toUpperCase(), text.toLowerCase(), text][pick(4)];
}

/** The event with one thing wrong. */
export function nearMiss({ fields, raw }: Made, pick: (count: number) => number): Made {
  const names = Object.keys(fields);
  if (names.length === 0) return { fields, raw: raw?.slice(1) };
  const name = names[pick(names.length)];
  const value = fields[name];
  const changed = { ...fields };
  if (typeof value !== 'string' || value.length === 0) delete changed[name];
  else {
    const at = pick(value.length);
    const variants: unknown[] = [
      value.slice(0, at) + value.slice(at + 1),
      `${value.slice(0, at)}~${value.slice(at)}`,
      `${value} `,
      ` ${value}`,
      [value.slice(0, at), value.slice(at)],
      [null, value],
      `${value.slice(0, at)}İ${value.slice(at)}`,
      undefined,
    ];
    changed[name] = variants[pick(variants.length)];
  }
  return { fields: changed, raw };
}
