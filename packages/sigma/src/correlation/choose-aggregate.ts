import type { Correlation, Refusal } from '../ast.ts';
import type { Aggregate } from './aggregates/aggregate.ts';
import { Counted } from './aggregates/counted.ts';
import { Distinct } from './aggregates/distinct.ts';
import { Ordered } from './aggregates/ordered.ts';
import { Ranked } from './aggregates/ranked.ts';
import { Summed } from './aggregates/summed.ts';
import { Terms } from './aggregates/terms.ts';
import { holds, onlyLowerBounds, saturation } from './condition.ts';
import type { Interner } from './interner.ts';
import type { Decision } from './lane-plan.ts';
import type { References } from './references.ts';
import { refusal } from './refusal.ts';
import { MOST_TERMS, temporalTerms } from './temporal-terms.ts';

/** A group counts distinct values exactly up to here even where the condition would need fewer. */
const DISTINCT_SHOWN = 10_000;

interface Choice {
  readonly comparisons: Correlation['condition'];
  readonly decision: Decision;
  readonly tupleWidth: number;
  readonly tupleOfPositions: boolean;
  readonly numeric: boolean;
  readonly terms: boolean;
  readonly make: (interner: Interner) => Aggregate;
}

/** Which aggregate runs a correlation and when its condition is asked, or why it can't run. */
export function chooseAggregate(correlation: Correlation, references: References): Choice | Refusal {
  const { type, condition, fields } = correlation;
  if (type === 'temporal' || type === 'temporal_ordered') {
    return correlation.temporal === undefined ? temporal(correlation, references) : boolean(correlation, references);
  }
  if (condition.length === 0) {
    const mend = 'Give it a `condition` such as `gte: 10`.';
    return refusal(correlation, 'correlation-condition', `${type} has nothing to compare with`, mend);
  }
  if (type !== 'event_count' && fields.length === 0) {
    return refusal(correlation, 'correlation-field', `${type} needs a field`, 'Name one in `condition: field:`.');
  }
  const prompt = onlyLowerBounds(condition);
  const limit = saturation(condition);
  const plain = { comparisons: condition, terms: false, tupleWidth: 0, tupleOfPositions: false };
  switch (type) {
    case 'event_count':
      return { ...plain, decision: prompt ? 'prompt' : 'full', numeric: false, make: () => new Counted(limit) };
    case 'value_count':
      return {
        ...plain,
        decision: prompt ? 'prompt' : 'full',
        numeric: false,
        tupleWidth: fields.length,
        make: (interner) => new Distinct(fields.length, Math.max(limit, DISTINCT_SHOWN), interner),
      };
    case 'value_sum':
      return { ...plain, decision: prompt ? 'prompt' : 'full', numeric: true, make: () => new Summed(false) };
    case 'value_avg':
      return { ...plain, decision: 'full', numeric: true, make: () => new Summed(true) };
    case 'value_percentile':
    case 'value_median': {
      const percentile = type === 'value_median' ? 50 : correlation.percentile;
      return { ...plain, decision: 'full', numeric: true, make: () => new Ranked(percentile) };
    }
  }
}

/** Each rule at least once, in the list's order or in any; or as many different ones as a condition says. */
function temporal(correlation: Correlation, references: References): Choice | Refusal {
  const positions = references.positions(correlation);
  const asked = correlation.rules.length;
  const numeric = false;
  if (correlation.anyRule && correlation.condition.length === 0) {
    const mend = 'Say how many different rules, such as `condition: gte: 3`.';
    return refusal(correlation, 'correlation-condition', 'any rule, but not how many of them', mend);
  }
  if (correlation.type === 'temporal_ordered') {
    if (correlation.anyRule || (correlation.condition.length > 0 && !onlyAll(correlation.condition, asked))) {
      const mend = 'List the rules in their order, without a number; or use `temporal`.';
      return refusal(correlation, 'correlation-condition', 'an order over only some of the rules is not defined', mend);
    }
    if (new Set(positions).size !== asked || new Set(correlation.rules).size !== asked) {
      const mend = 'Give each step a rule of its own.';
      return refusal(correlation, 'correlation-rules', 'a rule stands more than once in an ordered list', mend);
    }
    const list = Array.from({ length: asked }, (_, index) => index);
    const comparisons = [{ op: 'gte', value: 1 }] as const;
    const choice = { comparisons, decision: 'prompt', numeric, terms: false, tupleWidth: 0 } as const;
    return { ...choice, tupleOfPositions: false, make: () => new Ordered(list, positions) };
  }
  const most = new Set(positions).size;
  const comparisons =
    correlation.condition.length === 0
      ? [{ op: 'gte', value: most } as const]
      : // as many as there are can't be exceeded
        correlation.condition.map((one) =>
          one.op === 'eq' && one.value === most ? ({ ...one, op: 'gte' } as const) : one,
        );
  return {
    comparisons,
    decision: onlyLowerBounds(comparisons) ? 'prompt' : 'full',
    numeric,
    terms: false,
    tupleWidth: 1,
    tupleOfPositions: true,
    make: () => new Distinct(1, Number.POSITIVE_INFINITY, undefined),
  };
}

/** Whether a condition holds for all rules of a list and for no fewer. */
function onlyAll(condition: Correlation['condition'], all: number): boolean {
  return holds(condition, all) && !holds(condition, all - 1);
}

function boolean(correlation: Correlation, references: References): Choice | Refusal {
  let unknown: string | undefined;
  const terms = temporalTerms(correlation.temporal!, (ref) => {
    const position = references.positionOf(correlation, ref);
    if (position < 0) unknown ??= ref;
    return position;
  });
  const refuse = (message: string, mend: string) => refusal(correlation, 'correlation-condition', message, mend);
  if (unknown !== undefined) {
    return refuse(`the condition names \`${unknown}\`, which is not among the rules`, 'List it under `rules`.');
  }
  if (terms === undefined) {
    return refuse(
      `the condition multiplies out to more than ${MOST_TERMS} cases`,
      'Split it into several correlations.',
    );
  }
  if (terms.length === 0) return refuse('the condition can never hold', 'It asks for a rule and its absence.');
  if (terms.some((term) => term.occurred.length === 0)) {
    return refuse(
      'the condition can hold where nothing happened, and where nothing happens there is no window to look at',
      'Say what has to occur, as in `a and not b`.',
    );
  }
  const positions = references.positions(correlation);
  const ordered = correlation.type === 'temporal_ordered';
  return {
    comparisons: [{ op: 'neq', value: 0 }],
    decision: terms.some((term) => term.absent.length > 0) ? 'negated' : 'prompt',
    numeric: false,
    terms: true,
    tupleWidth: 0,
    tupleOfPositions: false,
    make: () => new Terms(terms, ordered, positions),
  };
}
