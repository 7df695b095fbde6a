import type { Correlation, CorrelationOp } from '../ast.ts';

type Comparisons = Correlation['condition'];

/** Whether a value satisfies all comparisons; NaN satisfies none. */
export function holds(comparisons: Comparisons, value: number): boolean {
  for (const { op, value: asked } of comparisons) if (!compare(op, value, asked)) return false;
  return !Number.isNaN(value);
}

function compare(op: CorrelationOp, value: number, asked: number): boolean {
  switch (op) {
    case 'gt':
      return value > asked;
    case 'gte':
      return value >= asked;
    case 'lt':
      return value < asked;
    case 'lte':
      return value <= asked;
    case 'eq':
      return value === asked;
    case 'neq':
      return value !== asked;
  }
}

/** Whether more can only make the comparisons hold, never stop them from holding. */
export function onlyLowerBounds(comparisons: Comparisons): boolean {
  return comparisons.every(({ op }) => op === 'gt' || op === 'gte');
}

/** The value beyond which it makes no difference to the comparisons how far. */
export function saturation(comparisons: Comparisons): number {
  if (comparisons.some(({ op }) => op === 'neq')) return Number.POSITIVE_INFINITY;
  return Math.max(0, ...comparisons.map(({ value }) => Math.floor(value))) + 1;
}

/** Of two values for which the comparisons hold, the one that says more. */
export function stronger(comparisons: Comparisons, a: number, b: number): number {
  if (comparisons.some(({ op }) => op === 'gt' || op === 'gte')) return Math.max(a, b);
  if (comparisons.some(({ op }) => op === 'lt' || op === 'lte')) return Math.min(a, b);
  return a;
}
