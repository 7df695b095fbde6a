import type { Leaf, LeafSource } from './leaf.ts';
import { LeafBuilder } from './leaf-builder.ts';
import type { Shape } from './shape.ts';

/**
 * What all records of one shape have in common: the same templates nested in the same slots. The same shape is the same
 * object in any chunk, file and reader of this thread, so whatever is worked out for a layout is worked out once.
 */
export class Layout {
  /** free for the consumer: its plan for records of this shape */
  data: unknown = undefined;
  readonly leaves: readonly Leaf[];
  /** for records without compiled access, a layout may be made of one record; it isn't handed out */
  readonly shape: Shape;
  /** @internal per leaf, the values that make it up; more than one for repeated elements */
  readonly sources: readonly (readonly LeafSource[])[];
  /** @internal per leaf: scope of its slot, or -1 where it is no plain slot */
  readonly slotScope: Int32Array;
  /** @internal per leaf: index of its slot */
  readonly slotIndex: Int32Array;
  /** @internal per leaf: 1 an empty value counts as there, 2 null too; 4 has a guard beyond its own slot */
  readonly slotFlags: Uint8Array;
  /** @internal the leaf of System/TimeCreated, or -1 */
  readonly timeLeaf: number;
  /** @internal false where the shape has more leaves than are listed */
  readonly complete: boolean;
  readonly #names = new Map<string, number>();
  /** scope → slot → the first leaf that shows it, or -1 */
  readonly #bySlot: Int32Array[] = [];

  constructor(shape: Shape) {
    this.shape = shape;
    const builder = new LeafBuilder(shape);
    builder.build();
    this.complete = builder.complete;
    this.leaves = builder.leaves;
    this.sources = builder.sources;
    const count = this.leaves.length;
    this.slotScope = new Int32Array(count).fill(-1);
    this.slotIndex = new Int32Array(count);
    this.slotFlags = new Uint8Array(count);
    for (let leaf = 0; leaf < count; leaf++) this.#prepare(leaf);
    for (const [name, leaf] of builder.names) this.#names.set(name, leaf);
    for (let leaf = count - 1; leaf >= 0; leaf--) this.#note(leaf);
    this.timeLeaf = this.find('TimeCreated_SystemTime');
  }

  /** The leaf that a field name or dotted path means, or -1. EventData and UserData win over System. */
  find(field: string): number {
    return this.#names.get(field) ?? -1;
  }

  /** The first leaf that shows the value of a slot; -1 where none does by itself. */
  leafAt(scope: number, slot: number): number {
    const leaves = this.#bySlot[scope];
    return leaves === undefined || slot >= leaves.length ? -1 : leaves[slot];
  }

  #note(leaf: number): void {
    const scope = this.slotScope[leaf];
    if (scope < 0) return;
    const slot = this.slotIndex[leaf];
    while (this.#bySlot.length <= scope) this.#bySlot.push(new Int32Array(0));
    if (slot >= this.#bySlot[scope].length) {
      const wider = new Int32Array(slot + 8).fill(-1);
      wider.set(this.#bySlot[scope]);
      this.#bySlot[scope] = wider;
    }
    this.#bySlot[scope][slot] = leaf;
  }

  #prepare(leaf: number): void {
    if (this.leaves[leaf].kind !== 'slot') return;
    const source = this.sources[leaf][0];
    const part = source.parts[0];
    if (part.kind !== 'slot') return;
    const own = source.scope * 0x10000 + part.index;
    const guards = source.guards.filter((guard) => guard !== own);
    this.slotScope[leaf] = source.scope;
    this.slotIndex[leaf] = part.index;
    let flags = 0;
    if (source.empty === 'string') flags = source.guards.length > guards.length ? 1 : 3;
    if (guards.length > 0) flags |= 4;
    this.slotFlags[leaf] = flags;
  }
}
