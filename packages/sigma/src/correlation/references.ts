import type { Correlation, Refusal, Rule, RuleSet } from '../ast.ts';
import { refusal } from './refusal.ts';

type Source = Rule | Correlation;

/** Which rules and correlations each correlation refers to, by id or name, and an order without circles. */
export class References {
  /** correlations that can run, inner ones first */
  readonly order: readonly Correlation[];
  readonly refused: readonly Refusal[];
  readonly #byName = new Map<string, Source[]>();
  readonly #rules: readonly Rule[];

  constructor(set: RuleSet) {
    this.#rules = set.rules;
    for (const source of [...set.rules, ...set.correlations]) {
      for (const name of new Set([source.id, source.name])) {
        if (name === undefined) continue;
        const known = this.#byName.get(name);
        if (known === undefined) this.#byName.set(name, [source]);
        else known.push(source);
      }
    }
    const order: Correlation[] = [];
    const refused: Refusal[] = [];
    const state = new Map<Correlation, 'open' | 'good' | 'bad'>();
    // Depth first with an explicit stack: a chain of correlations may be as long as a hostile file likes.
    for (const start of set.correlations) {
      const stack: { correlation: Correlation; at: number }[] = [{ correlation: start, at: 0 }];
      while (stack.length > 0) {
        const frame = stack[stack.length - 1];
        const { correlation } = frame;
        if (frame.at === 0 && state.has(correlation)) {
          stack.pop();
          continue;
        }
        state.set(correlation, state.get(correlation) ?? 'open');
        const ref = correlation.rules[frame.at++];
        if (ref === undefined) {
          stack.pop();
          if (state.get(correlation) !== 'open') continue;
          state.set(correlation, 'good');
          order.push(correlation);
          continue;
        }
        const found = this.#byName.get(ref) ?? [];
        if (found.length === 0 && state.get(correlation) === 'open') {
          state.set(correlation, 'bad');
          const mend = 'Load the rule as well, or correct the id or name.';
          refused.push(refusal(correlation, 'reference-missing', `no rule or correlation is called \`${ref}\``, mend));
        }
        for (const source of found) {
          if (source.kind !== 'correlation') continue;
          const known = state.get(source);
          if (known === undefined) stack.push({ correlation: source, at: 0 });
          else if (known === 'open' && stack.some((other) => other.correlation === source)) {
            state.set(correlation, 'bad');
            const mend = 'Let one of them refer to rules only.';
            refused.push(refusal(correlation, 'reference-cycle', `it and \`${ref}\` refer to each other`, mend));
          }
        }
      }
    }
    this.order = order;
    this.refused = refused;
  }

  /** What a correlation listens to, in the order of its list. */
  sources(correlation: Correlation): readonly Source[] {
    if (correlation.anyRule) return this.#rules;
    return [...new Set(correlation.rules.flatMap((ref) => this.#byName.get(ref) ?? []))];
  }

  /** Source → position in the correlation's list; each rule is its own position where any rule counts. */
  positions(correlation: Correlation): Int32Array {
    const sources = this.sources(correlation);
    if (correlation.anyRule) return Int32Array.from(sources, (_, index) => index);
    return Int32Array.from(sources, (source) =>
      correlation.rules.findIndex((ref) => this.#byName.get(ref)?.includes(source)),
    );
  }

  /** The position that a name in a boolean condition stands for; -1 where the list doesn't have it. */
  positionOf(correlation: Correlation, ref: string): number {
    const meant = this.#byName.get(ref) ?? [];
    const sources = this.sources(correlation);
    const index = sources.findIndex((source) => meant.includes(source));
    return index < 0 ? -1 : this.positions(correlation)[index];
  }
}
