import type { PatternPart } from '../ast.ts';

/**
 * A value of a detection item between reading and freezing: modifiers and pipelines rewrite these, and only then do
 * they become tests. A placeholder is a `%name%` under `expand` that nobody has resolved yet; `windash` leaves a `dash`
 * part; `expansion` is one value that became several alternatives.
 */
export type ValuePart = PatternPart | { readonly kind: 'placeholder'; readonly name: string };

export type Value = { readonly written: string; readonly at: number } & (
  | { readonly kind: 'string'; readonly parts: readonly ValuePart[]; readonly cased: boolean; readonly raw: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'exists'; readonly present: boolean }
  | { readonly kind: 'regex'; readonly parts: readonly RegexPart[]; readonly flags: string }
  | { readonly kind: 'cidr'; readonly network: string }
  | { readonly kind: 'compare'; readonly op: CompareOp; readonly value: number }
  | {
      readonly kind: 'fieldref';
      readonly field: string;
      readonly startswith: boolean;
      readonly endswith: boolean;
      readonly cased: boolean;
    }
  | { readonly kind: 'timepart'; readonly part: TimePart; readonly op: 'eq' | CompareOp; readonly value: number }
  | { readonly kind: 'expansion'; readonly of: readonly Value[] }
);

export type RegexPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'placeholder'; readonly name: string };
export type CompareOp = 'lt' | 'lte' | 'gt' | 'gte';
export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
export type StringValue = Extract<Value, { kind: 'string' }>;

/** `Field|modifiers: values`, or keywords where `field` is null. */
export interface DraftItem {
  readonly kind: 'item';
  field: string | null;
  /** the key as written */
  readonly key: string;
  readonly modifiers: readonly string[];
  values: readonly Value[];
  linking: 'all' | 'any';
  negated: boolean;
  readonly at: number;
  /** ids of the pipeline items that changed it */
  applied?: Set<string>;
}

/** A map (`all`), a list (`any`), or what a pipeline made of an item. */
export interface DraftGroup {
  readonly kind: 'group';
  linking: 'all' | 'any';
  of: DraftNode[];
  readonly at: number;
}

export type DraftNode = DraftItem | DraftGroup;

/** Alternatives that one value may become: dashes, placeholders and encodings multiply. */
export const MAX_ALTERNATIVES = 20_000;
