/** Why a rule holds for an event or doesn't: the condition, and every selection down to the values. */
export interface Explanation {
  readonly rule: { readonly id: string; readonly title: string };
  readonly held: boolean;
  readonly condition: ConditionTrace;
  /** the selections that the condition speaks of, in the order of the rule */
  readonly selections: readonly SelectionTrace[];
}

export type ConditionTrace =
  | { readonly kind: 'and' | 'or'; readonly held: boolean; readonly of: readonly ConditionTrace[] }
  | { readonly kind: 'not'; readonly held: boolean; readonly of: ConditionTrace }
  | { readonly kind: 'selection'; readonly held: boolean; readonly name: string }
  | {
      readonly kind: 'of';
      readonly held: boolean;
      readonly quantity: 'all' | 'any';
      readonly written: string;
      readonly names: readonly string[];
    };

export interface SelectionTrace {
  readonly name: string;
  readonly held: boolean;
  readonly node: NodeTrace;
}

export type NodeTrace =
  | {
      readonly kind: 'all' | 'any';
      readonly held: boolean;
      readonly of: readonly NodeTrace[];
      /** how many further nodes were left out: an `any` that held shows what held, one that didn't its first few */
      readonly omitted: number;
      readonly line: number;
    }
  | { readonly kind: 'not'; readonly held: boolean; readonly of: NodeTrace; readonly line: number }
  | ItemTrace;

export interface ItemTrace {
  readonly kind: 'item';
  readonly held: boolean;
  /** the rule's field; null for a keyword */
  readonly field: string | null;
  /** the source's own field, where it differs */
  readonly sourceField?: string;
  /** the key and the value as the author wrote them */
  readonly key: string;
  readonly written: string;
  /** what was asked, in words that follow the field: `ends with ...` */
  readonly asked: string;
  /** the same for a test that failed: `does not end with ...` */
  readonly denied: string;
  /** what the event holds; absent where it holds nothing */
  readonly value?: Excerpt;
  readonly line: number;
}

/** A value of an event, cut to a length that reports bear. */
export interface Excerpt {
  readonly text: string;
  /** offset of `text` in the whole value */
  readonly offset: number;
  /** length of the whole value in UTF-16 units */
  readonly length: number;
  /** the part of the whole value that the test took, from and to (exclusive) in UTF-16 units */
  readonly matched?: readonly [from: number, to: number];
}
