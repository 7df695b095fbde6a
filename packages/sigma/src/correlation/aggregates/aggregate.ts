/**
 * What a correlation keeps of the events in a group's window. One aggregate serves all groups of a correlation, told
 * apart by slot, with its state in typed arrays: a million quiet groups cost tens of bytes each, not objects.
 */
export interface Aggregate {
  /**
   * Takes an event in. Times never go back within a slot, and what is older than the window has been dropped before.
   * `tuple[0]` is the slot and the rest the interned values whose distinct combinations count.
   */
  add(slot: number, time: number, source: number, value: number, tuple: Int32Array, ref: unknown): void;
  /** Drops what happened before `from`. */
  expire(slot: number, from: number): void;
  /** What the condition is compared with; NaN where there is nothing to compare. */
  value(slot: number): number;
  /** How many events stand behind the value. */
  events(slot: number): number;
  /** Time of the earliest event kept. */
  first(slot: number): number;
  /** Visits what stands behind the value, oldest first, until the visitor returns false. */
  visit(slot: number, visitor: Visitor): void;
  /** Drops everything of a slot. */
  clear(slot: number): void;
  /** Bytes of the typed arrays. */
  readonly bytes: number;
}

export type Visitor = (time: number, source: number, ref: unknown) => boolean;
