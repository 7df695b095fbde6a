import type { Correlation, Rule } from '../ast.ts';

/** One event that contributed to a match. */
export interface Contribution {
  /** what the caller gave with the input */
  readonly ref: unknown;
  /** the rule that the event matched */
  readonly rule: Rule;
  /** microseconds since 1970 UTC */
  readonly time: number;
}

/**
 * One run of windows in which a correlation's condition holds for one group. Times are microseconds since 1970 UTC.
 */
export interface CorrelationMatch {
  readonly correlation: Correlation;
  /** group-by field (or alias) → value, as the first event of the group spells it */
  readonly group: Readonly<Record<string, string>>;
  /** time of the earliest event that contributed */
  readonly start: number;
  /** time of the latest event that contributed */
  readonly end: number;
  /** when the condition first held: the event that completed it, or the end of the window where it had to pass first */
  readonly fired: number;
  /**
   * What the condition is about: events for `event_count` (of the whole run), distinct values or rules, sum, average or
   * percentile (of the window that exceeds the condition most), 1 for `temporal_ordered` and boolean conditions.
   */
  readonly value: number;
  /** how many events contributed to the run */
  readonly count: number;
  /** the first of them, bounded by `maxRefs`, in the order of time */
  readonly contributions: readonly Contribution[];
  /** the rules and correlations of the list that contributed */
  readonly sources: readonly (Rule | Correlation)[];
  /** a sentence */
  readonly why: string;
}

/** What was done with the inputs. */
export interface CorrelatorStats {
  readonly inputs: number;
  /** inputs without a usable time, which can't be placed in any window */
  readonly untimed: number;
  /** inputs that came after their time had been judged; they were judged among themselves */
  readonly late: number;
  /** input and correlation pairs left out for want of a group-by value */
  readonly ungrouped: number;
  /** input and correlation pairs left out for want of a value, or of a number where one is needed */
  readonly valueless: number;
  /** groups held now */
  readonly groups: number;
  /** bytes of the typed arrays held now */
  readonly bytes: number;
}
