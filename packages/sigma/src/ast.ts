/**
 * The tree that a Sigma rule becomes once its modifiers are applied: what the planner, the plain evaluator, the SQL
 * translator and the explainer all read. Nodes are frozen; every node knows the line it came from.
 *
 * A detection item such as `CommandLine|contains|all: ['a', 'b']` becomes
 * `all(item(CommandLine, *a*), item(CommandLine, *b*))`; `windash`, `base64offset`, `wide`, `cidr` and the like are
 * already expanded into plain tests, so a reader of this tree meets the kinds below and nothing else.
 */

/** A place in a rule file, both 1-based. */
export interface Span {
  readonly line: number;
  readonly column: number;
}

/** One piece of a wildcard pattern: literal text, `*` (any run), `?` (one character) or a windash class (`-/–—―`). */
export type PatternPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'one' }
  | { readonly kind: 'dash' };

/** What is asked of one value. `pattern` text is as written; compare without case unless `cased`. */
export type Test =
  | { readonly kind: 'pattern'; readonly parts: readonly PatternPart[]; readonly cased: boolean }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'regex'; readonly source: string; readonly flags: string }
  | { readonly kind: 'cidr'; readonly network: string }
  | { readonly kind: 'compare'; readonly op: 'lt' | 'lte' | 'gt' | 'gte'; readonly value: number }
  /** null or absent */
  | { readonly kind: 'null' }
  /** presence of the field, whatever its value (null counts as absent) */
  | { readonly kind: 'exists'; readonly present: boolean }
  | {
      readonly kind: 'fieldref';
      readonly field: string;
      readonly op: 'equals' | 'startswith' | 'endswith' | 'contains';
      readonly cased: boolean;
    }
  /** a part of a time stamp, taken as written, without zone conversion */
  | {
      readonly kind: 'timepart';
      readonly part: 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
      readonly op: 'eq' | 'lt' | 'lte' | 'gt' | 'gte';
      readonly value: number;
    };

/** A node of a selection. `item` with `field: null` is a keyword: the test is tried on every value and on the raw text. */
export type Node =
  | { readonly kind: 'all'; readonly of: readonly Node[]; readonly span: Span }
  | { readonly kind: 'any'; readonly of: readonly Node[]; readonly span: Span }
  | { readonly kind: 'not'; readonly of: Node; readonly span: Span }
  | {
      readonly kind: 'item';
      readonly field: string | null;
      /** the key as the author wrote it, e.g. `CommandLine|contains|all` */
      readonly key: string;
      /** the value as the author wrote it, for explanations */
      readonly written: string;
      readonly test: Test;
      readonly span: Span;
    };

/** A node of a condition. `of` has its pattern already resolved to selection names (never ones that start with `_` for `them`). */
export type Condition =
  | { readonly kind: 'and'; readonly of: readonly Condition[] }
  | { readonly kind: 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'selection'; readonly name: string }
  | {
      readonly kind: 'of';
      readonly quantity: 'all' | 'any';
      readonly names: readonly string[];
      readonly written: string;
    };

export type Level = 'informational' | 'low' | 'medium' | 'high' | 'critical';

export interface LogSource {
  readonly product?: string;
  readonly category?: string;
  readonly service?: string;
}

/** What every Sigma document carries beside its logic. */
export interface Metadata {
  /** id, or a stable substitute made from file and title where the author gave none */
  readonly id: string;
  readonly name?: string;
  readonly title: string;
  readonly status?: string;
  readonly level: Level;
  readonly description?: string;
  readonly author?: string;
  readonly date?: string;
  readonly modified?: string;
  readonly license?: string;
  readonly references: readonly string[];
  readonly tags: readonly string[];
  readonly falsepositives: readonly string[];
  readonly fields: readonly string[];
  /** custom attributes, as written */
  readonly custom: Readonly<Record<string, unknown>>;
  readonly file: string;
  readonly span: Span;
}

export interface Rule extends Metadata {
  readonly kind: 'rule';
  readonly logsource: LogSource;
  readonly selections: ReadonlyMap<string, Node>;
  /** a list of conditions has become one `or` */
  readonly condition: Condition;
}

export type CorrelationType =
  | 'event_count'
  | 'value_count'
  | 'temporal'
  | 'temporal_ordered'
  | 'value_sum'
  | 'value_avg'
  | 'value_percentile'
  | 'value_median';

export type CorrelationOp = 'gt' | 'gte' | 'lt' | 'lte' | 'eq' | 'neq';

/** Condition over rules inside a temporal correlation (Sigma 2.2): "a and not b". */
export type TemporalCondition =
  | { readonly kind: 'and' | 'or'; readonly of: readonly TemporalCondition[] }
  | { readonly kind: 'not'; readonly of: TemporalCondition }
  | { readonly kind: 'rule'; readonly ref: string };

export interface Correlation extends Metadata {
  readonly kind: 'correlation';
  readonly type: CorrelationType;
  /** ids or names of rules or of other correlations, in the order of the list; `any` (2.2) is an empty list with `anyRule` */
  readonly rules: readonly string[];
  readonly anyRule: boolean;
  readonly groupBy: readonly string[];
  /** length of the window in microseconds */
  readonly timespan: number;
  /** comparisons that must all hold; two make a range */
  readonly condition: readonly { readonly op: CorrelationOp; readonly value: number }[];
  /** field or fields (a tuple) that value_* correlations look at */
  readonly fields: readonly string[];
  /** 0 to 100, for value_percentile (default 50; value_median is 50) */
  readonly percentile: number;
  readonly temporal?: TemporalCondition;
  /** alias → (rule id or name → field of that rule) */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** whether the rules referred to also fire on their own */
  readonly generate: boolean;
}

export interface Filter extends Metadata {
  readonly kind: 'filter';
  readonly logsource: LogSource;
  /** ids or names of the rules it applies to; empty means any */
  readonly rules: readonly string[];
  readonly selections: ReadonlyMap<string, Node>;
  readonly condition: Condition;
}

/** Why a document can't run, with the place and the mend. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly mend: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** title or id of the rule, where it could be read */
  readonly rule?: string;
  readonly severity: 'error' | 'warning';
}

/** All documents of a load, filters already applied, references resolved. */
export interface RuleSet {
  readonly rules: readonly Rule[];
  readonly correlations: readonly Correlation[];
  readonly filters: readonly Filter[];
  /** documents that were refused (errors) */
  readonly refused: readonly Refusal[];
  /** documents that run all the same */
  readonly warnings: readonly Refusal[];
}
