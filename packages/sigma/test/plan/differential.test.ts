import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Condition,
  createPlan,
  evaluate,
  type Node,
  objectAccess,
  type PlanOptions,
  type Rule,
  type View,
} from '../../src/index.ts';
import * as arbitrary from './arbitraries.ts';

const OFFERS = [{ category: 'x', fields: { h: 'i' } }, { category: 'y' }];

/** What the plain evaluator says: rules in order, each once whatever offers it holds under. */
function plainly(view: View, fields: Record<string, unknown>, raw: string | undefined): Rule[] {
  const event = objectAccess(fields, raw);
  const held = view.rules.filter((bound) => evaluate(bound.rule, event, bound.offer.fields)).map((bound) => bound.rule);
  return [...new Set(held)];
}

/** A caller's own memory of signatures, good for as long as the epoch stays the same. */
class Signatures {
  #epoch = -1;
  readonly #known = new Map<string, number>();

  read(view: View, slot: number, value: unknown): number {
    if (typeof value !== 'string') return view.signature(slot, value);
    const key = `${slot} ${value}`;
    const known = this.#known.get(key) ?? view.signature(slot, value);
    this.#known.set(key, known);
    return known;
  }

  begin(view: View): void {
    if (view.epoch !== this.#epoch) this.#known.clear();
    this.#epoch = view.epoch;
  }
}

/** The compiled way: signatures kept by the caller, steps, outcome, open rules decided. */
function compiled(view: View, fields: Record<string, unknown>, raw: string | undefined, memory: Signatures): Rule[] {
  const event = objectAccess(fields, raw);
  let state = 0;
  memory.begin(view);
  for (const [slot, field] of view.fields.entries()) {
    const signature = memory.read(view, slot, event.get(field));
    if (signature !== 0) state = view.step(state, signature);
  }
  const keyword = (value: unknown) => {
    const signature = view.keyword(value);
    if (signature !== 0) state = view.step(state, signature);
  };
  if (view.keywords) {
    event.values(keyword);
    if (raw !== undefined) keyword(raw);
  }
  const { matched, open } = view.outcome(state);
  const held = open.filter((bound) => view.decide(bound, event));
  return [...new Set([...matched, ...held].map((bound) => bound.rule))];
}

function agrees(options: PlanOptions, runs: number): void {
  const events = fc.array(fc.tuple(arbitrary.fields, fc.option(arbitrary.text, { nil: undefined })), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(fc.array(arbitrary.rule, { minLength: 1, maxLength: 12 }), events, (rules, all) => {
      const plan = createPlan(rules, options);
      for (const offers of [OFFERS, [OFFERS[1]], []]) {
        const view = plan.view(offers);
        const memory = new Signatures();
        for (const [fields, raw] of [...all, ...all]) {
          const expected = new Set(plainly(view, fields, raw));
          expect(new Set(view.match(objectAccess(fields, raw)).map((bound) => bound.rule))).toEqual(expected);
          expect(new Set(compiled(view, fields, raw, memory))).toEqual(expected);
        }
      }
    }),
    { numRuns: runs },
  );
}

describe('the plan agrees with the plain evaluator on random rules and events', () => {
  test('with memory', () => agrees({}, 300));
  test('without memory', () => agrees({ memory: false }, 150));
  test('when states are dropped all the time', () => agrees({ maxStates: 2, maxRemembered: 3 }, 150));
});

describe('what random rules meet too seldom', () => {
  const keyword = (value: string): Node => ({
    kind: 'item',
    field: null,
    key: '',
    written: value,
    test: { kind: 'pattern', parts: [{ kind: 'any' }, { kind: 'text', text: value }, { kind: 'any' }], cased: false },
    span: { line: 1, column: 1 },
  });
  const span = { line: 1, column: 1 };
  const selected: Condition = { kind: 'selection', name: 'a' };

  test('keywords that must all be there may be in different values', () => {
    const both = arbitrary.makeRule({ a: { kind: 'all', of: [keyword('one'), keyword('two')], span } }, selected, {});
    const neither = arbitrary.makeRule(
      { a: { kind: 'any', of: [keyword('one'), keyword('two')], span } },
      { kind: 'not', of: selected },
      {},
    );
    const view = createPlan([both, neither]).view([{}]);
    const held = (fields: Record<string, unknown>, raw?: string) =>
      view.match(objectAccess(fields, raw)).map((bound) => bound.rule);
    expect(held({ x: 'one', y: 'two' })).toEqual([both]);
    expect(held({ x: 'one two' })).toEqual([both]);
    expect(held({ x: 'one' }, 'raw two')).toEqual([both]);
    expect(held({ x: 'one', y: 'none' })).toEqual([]);
    expect(held({ x: 'other' })).toEqual([neither]);
  });
});
