import type { Correlation, Rule } from '../ast.ts';
import type { Aggregate } from './aggregates/aggregate.ts';
import type { Interner } from './interner.ts';

/**
 * When a correlation's condition is asked:
 * - `prompt`: at every event, about the window that ends there;
 * - `full`: about windows that no event can join any more;
 * - `negated`: at every event, with a second look one timespan later for what must not have followed.
 */
export type Decision = 'prompt' | 'full' | 'negated';

/** A correlation made ready to run. */
export interface LanePlan {
  readonly correlation: Correlation;
  /** 0 for correlations of rules only, else one more than the deepest it refers to */
  readonly depth: number;
  readonly decision: Decision;
  /** what it listens to, numbered */
  readonly sources: readonly (Rule | Correlation)[];
  /** source → position in the correlation's list */
  readonly positionOf: Int32Array;
  /** length of the window in microseconds */
  readonly span: number;
  readonly comparisons: Correlation['condition'];
  readonly groupBy: readonly string[];
  /** further fields that correlations of this one ask for: the group-by fields come first in a lane's values, then these */
  readonly carried: string[];
  /** how many values make a distinct tuple; 0 where none are counted. `positions`: the position is the value */
  readonly tupleWidth: number;
  readonly tupleOfPositions: boolean;
  readonly numeric: boolean;
  /** whether matches are delivered, or only feed other correlations */
  readonly reported: boolean;
  aggregate(interner: Interner): Aggregate;
  /** the aggregate as boolean terms, where it is one */
  readonly terms: boolean;
}

/** Where one source's values go in a lane: indices into the source's own values. */
export interface Route {
  readonly lane: number;
  readonly source: number;
  /** one for each group-by field, then for each carried one; -1 where the source has none */
  readonly values: Int32Array;
  readonly tuple: Int32Array;
  readonly number: number;
}
