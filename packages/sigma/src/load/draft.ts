import type { Condition, Correlation, Metadata } from '../ast.ts';
import type { DraftNode } from '../modifiers/value.ts';
import type { Context } from './context.ts';
import type { DraftLogSource } from './logsource.ts';

/** A rule between reading and freezing: filters add to it, pipelines rewrite it. */
export interface DraftRule {
  readonly kind: 'rule';
  meta: Metadata;
  logsource: DraftLogSource;
  readonly selections: Map<string, DraftNode>;
  condition: Condition;
  readonly context: Context;
}

export interface DraftFilter {
  readonly kind: 'filter';
  readonly meta: Metadata;
  readonly logsource: DraftLogSource;
  /** undefined: any rule whose log source fits */
  readonly rules: readonly Reference[] | undefined;
  readonly selections: Map<string, DraftNode>;
  readonly condition: Condition;
  readonly context: Context;
}

export interface DraftCorrelation {
  readonly kind: 'correlation';
  correlation: Correlation;
  readonly references: readonly Reference[];
  readonly context: Context;
}

/** A rule's id or name as written somewhere. */
export interface Reference {
  readonly text: string;
  readonly at: number;
}

export type Draft = DraftRule | DraftFilter | DraftCorrelation;
