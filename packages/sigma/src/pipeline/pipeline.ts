import type { DraftCorrelation, DraftRule } from '../load/draft.ts';
import type { DraftItem } from '../modifiers/value.ts';

/**
 * A processing pipeline in pySigma's sense: it rewrites rules for a source with other field names, log sources or
 * values. Made by `loadPipeline`; run by `loadRules`.
 */
export interface Pipeline {
  readonly name: string;
  /** pipelines run in ascending order; equal ones in the order given */
  readonly priority: number;
  /** values for `value_placeholders` */
  readonly vars: Readonly<Record<string, readonly string[]>>;
  readonly items: readonly PipelineItem[];
}

/** One transformation with the conditions under which it applies. */
export interface PipelineItem {
  readonly id: string;
  readonly type: string;
  readonly appliesTo: RuleTest;
  readonly selects: ItemTest;
  /** the field name conditions alone, for lists of fields that belong to no detection item */
  readonly selectsField: (field: string | null, run: Run) => boolean;
  readonly transform: Transform;
}

export type RuleTest = (run: Run) => boolean;
export type ItemTest = (item: DraftItem, run: Run) => boolean;
export type Transform = (run: Run, item: PipelineItem) => void;

/** The state of one run of all pipelines over one rule. */
export interface Run {
  readonly rule: DraftRule | DraftCorrelation;
  readonly vars: Readonly<Record<string, readonly string[]>>;
  readonly state: Map<string, unknown>;
  /** ids of the items that were applied to the rule */
  readonly applied: Set<string>;
  /** field name → ids of the items that produced it */
  readonly fieldApplied: Map<string, Set<string>>;
  /** field names that a mapping has read or produced */
  readonly mapped: Set<string>;
}
