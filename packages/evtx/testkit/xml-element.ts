import type { TypedValue } from './values.ts';

/** Place of substitution value `slot` in a template. An optional one is left out with its attribute when null. */
export interface Slot {
  readonly slot: number;
  readonly type: number;
  readonly optional?: boolean;
}

export type Part = string | Slot;

/** An element to write: in a template with slots, in a fragment with text only. */
export interface XmlElement {
  readonly name: string;
  readonly attributes?: readonly (readonly [name: string, value: Part])[];
  readonly children?: readonly (XmlElement | Part)[];
  /** the slot whose null value leaves the element out */
  readonly dependsOn?: number;
}

/** A template with the values for its slots: what a record holds, or a value of type BinXML. */
export interface Instance {
  readonly template: XmlElement;
  readonly values: readonly (TypedValue | Instance | Fragment)[];
}

/** Elements without a template, as the content of a record or of a BinXML value. */
export interface Fragment {
  readonly elements: readonly (XmlElement | Instance)[];
}
