import type { Parameters } from './parameters.ts';
import type { Run } from './pipeline.ts';

export const ORDER_OPS = ['eq', 'ne', 'gte', 'gt', 'lte', 'lt'] as const;
export type OrderOp = (typeof ORDER_OPS)[number];

/** Compares two values of one type; values of different types are just not equal. */
export function compareWith(a: unknown, op: OrderOp, b: unknown): boolean {
  if (op === 'eq') return a === b;
  if (op === 'ne') return a !== b;
  if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string')) return false;
  const [left, right] = [a, b] as [number, number];
  if (op === 'gte') return left >= right;
  if (op === 'gt') return left > right;
  return op === 'lte' ? left <= right : left < right;
}

/** `processing_state`: compares what `set_state` has set; false where nothing is set. */
export function readState(parameters: Parameters): (run: Run) => boolean {
  const key = parameters.text('key');
  const wanted = parameters.scalar('val').value;
  const op = parameters.word('op', ORDER_OPS, 'eq');
  return (run) => run.state.has(key) && compareWith(run.state.get(key), op, wanted);
}
