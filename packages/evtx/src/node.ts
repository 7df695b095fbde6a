/** What a BinXML fragment or template definition holds, parsed once. Slots refer to a record's substitution values. */
export type Node = ElementNode | TextNode | SlotNode | InstanceNode | InstructionNode;

/** `dependency` is the slot whose null value leaves the element out; -1 for none. */
export interface ElementNode {
  readonly kind: 'element';
  readonly name: string;
  readonly attributes: readonly AttributeNode[];
  readonly children: readonly Node[];
  readonly dependency: number;
  /** the text of its `Name` attribute; empty where it has none, undefined where a record's value decides it */
  readonly label: string | undefined;
  /** whether elements stand in it, whatever its slots hold */
  readonly nests: boolean;
  /** the slots of its own content and then of its attributes */
  readonly slots: readonly number[];
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

/** An element with what can be said of it once and for all. */
export function elementNode(
  name: string,
  attributes: readonly AttributeNode[],
  children: readonly Node[],
  dependency: number,
): ElementNode {
  const nests = children.some((node) => node.kind === 'element' || node.kind === 'instance');
  const slots: number[] = [];
  for (const node of children) if (node.kind === 'slot') slots.push(node.index);
  let label: string | undefined = '';
  for (const attribute of attributes) {
    for (const node of attribute.parts) if (node.kind === 'slot') slots.push(node.index);
    if (attribute.name === 'Name') label = fixedText(attribute.parts);
  }
  return { kind: 'element', name, attributes, children, dependency, label, nests, slots };
}

/** The parts joined as text, or undefined where one of them is a record's value. */
export function fixedText(parts: readonly Node[]): string | undefined {
  let text = '';
  for (const part of parts) {
    if (part.kind !== 'text') return undefined;
    text += String(part.value);
  }
  return text;
}
