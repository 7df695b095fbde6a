import type { Node } from './node.ts';

/** `slot`: one substitution value; `constant`: fixed in the template; `composite`: text and values joined, or several. */
export type LeafKind = 'slot' | 'constant' | 'composite';

/** One place in an event that holds a value. */
export interface Leaf {
  /** the name by which rules ask: `CommandLine`, `EventID`, `Provider_Name` */
  readonly name: string;
  /** the place in the whole event: `Event.EventData.CommandLine`, `Event.System.Provider.#attributes.Name` */
  readonly path: string;
  readonly kind: LeafKind;
  /** the value, where it is fixed in the template */
  readonly constant?: unknown;
}

/** A part of a leaf's value: nodes and the scope whose slots they name. */
export interface LeafSource {
  readonly scope: number;
  readonly parts: readonly Node[];
  /** slots, as scope * 65536 + slot, each of which must not be null for the leaf to be there */
  readonly guards: readonly number[];
  /** what an empty value is in the event: an empty string in `<Data>`, null in other elements, absent as attribute */
  readonly empty: 'string' | 'null' | 'absent';
}
