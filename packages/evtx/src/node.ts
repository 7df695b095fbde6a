/** What a BinXML fragment or template definition holds, parsed once. Slots refer to a record's substitution values. */
export type Node = ElementNode | TextNode | SlotNode | InstanceNode | InstructionNode;

/** `dependency` is the slot whose null value leaves the element out; -1 for none. */
export interface ElementNode {
  readonly kind: 'element';
  readonly name: string;
  readonly attributes: readonly AttributeNode[];
  readonly children: readonly Node[];
  readonly dependency: number;
}

export interface AttributeNode {
  readonly name: string;
  readonly parts: readonly Node[];
}

/** Text, or a literal value of another type (already decoded), that stands in the fragment itself. */
export interface TextNode {
  readonly kind: 'text';
  readonly value: unknown;
}

/** Place of the record's substitution value `index`. */
export interface SlotNode {
  readonly kind: 'slot';
  readonly index: number;
}

/** A template instance inside a fragment: its nodes and values are those of another scope. */
export interface InstanceNode {
  readonly kind: 'instance';
  readonly scope: number;
}

/** A processing instruction; XML shows it, events don't. */
export interface InstructionNode {
  readonly kind: 'instruction';
  readonly target: string;
  readonly data: string;
}
