import type { ElementNode, Node } from './node.ts';
import type { Shape } from './shape.ts';
import type { SlotTable } from './slot-table.ts';
import { decodeValue, isEmptyValue } from './value.ts';
import { ARRAY, ValueType } from './value-type.ts';

/** Rendering one record visits at most so many nodes: arrays in elements that hold others multiply. */
const MAX_NODES = 1 << 16;

/** A slot of which only one item is meant: an array in an element repeats the element for each of its items. */
export interface Item {
  readonly scope: number;
  readonly slot: number;
  readonly value: unknown;
}

/** Reads the content of a record's elements: what is there, what is left out, what repeats. */
export class Content {
  readonly shape: Shape;
  readonly #bytes: Buffer;
  readonly #tables: readonly SlotTable[];
  #nodes = 0;
  /** whether something was left out for its sheer number */
  cut = false;

  constructor(shape: Shape, bytes: Buffer, tables: readonly SlotTable[]) {
    this.shape = shape;
    this.#bytes = bytes;
    this.#tables = tables;
  }

  /**
   * Calls back with every element among the nodes that is there: those of nested scopes too, not those that depend on
   * a null value, and once per item for one that holds an array.
   */
  elements(
    nodes: readonly Node[],
    scope: number,
    visit: (element: ElementNode, scope: number, item: Item | undefined) => void,
  ): void {
    for (const node of nodes) {
      if (!this.#afford()) return;
      if (node.kind === 'element') {
        if (node.dependency >= 0 && this.isNull(scope, node.dependency)) continue;
        const array = this.#arrayOf(node, scope);
        if (array === undefined) visit(node, scope, undefined);
        else {
          for (const value of array.items) {
            if (!this.#afford()) return;
            visit(node, scope, { scope, slot: array.slot, value });
          }
        }
        continue;
      }
      const child = this.childOf(node, scope);
      if (child >= 0) this.elements(this.shape.scopes[child], child, visit);
    }
  }

  #afford(): boolean {
    if (++this.#nodes > MAX_NODES) this.cut = true;
    return !this.cut;
  }

  /** The scope that a node stands for, or -1. */
  childOf(node: Node, scope: number): number {
    if (node.kind === 'instance') return node.scope;
    return node.kind === 'slot' ? this.shape.child(scope, node.index) : -1;
  }

  isNull(scope: number, slot: number): boolean {
    const table = this.#tables[scope];
    return slot >= table.count || table.metas[slot] >>> 16 === ValueType.Null;
  }

  /** The value of one slot; undefined where it is null or empty, except that a NUL-led string is empty too. */
  slot(scope: number, slot: number): unknown {
    const table = this.#tables[scope];
    if (slot >= table.count) return undefined;
    const meta = table.metas[slot];
    const type = meta >>> 16;
    const length = meta & 0xffff;
    const start = table.starts[slot];
    if (isEmptyValue(this.#bytes, type, start, length)) return undefined;
    if (!(type & ARRAY)) return decodeValue(this.#bytes, type, start, length);
    const items = decodeValue(this.#bytes, type, start, length);
    return Array.isArray(items) && items.length === 1 ? items[0] : items;
  }

  /**
   * The value of an attribute or of an element's own text: as it is where one part makes it up, joined as text where
   * several do, undefined where all are empty.
   */
  value(parts: readonly Node[], scope: number, item: Item | undefined): unknown {
    if (parts.length === 1) {
      const only = this.#part(parts[0], scope, item);
      return only === '' ? undefined : only;
    }
    let found: unknown;
    let count = 0;
    for (const part of parts) {
      const value = this.#part(part, scope, item);
      if (value === undefined || value === '') continue;
      found = count++ === 0 ? value : textOf(found) + textOf(value);
    }
    return found;
  }

  #part(part: Node, scope: number, item: Item | undefined): unknown {
    if (part.kind === 'text') return part.value;
    if (part.kind !== 'slot' || this.shape.child(scope, part.index) >= 0) return undefined;
    if (item !== undefined && item.scope === scope && item.slot === part.index) return item.value;
    return this.slot(scope, part.index);
  }

  /** Whether an element holds elements, its own or those of a scope in one of its slots. */
  holdsElements(element: ElementNode, scope: number): boolean {
    if (element.nests) return true;
    for (const slot of element.slots) if (this.shape.child(scope, slot) >= 0) return true;
    return false;
  }

  /** The first array of more than one item that the element's own text or attributes hold. */
  #arrayOf(element: ElementNode, scope: number): { slot: number; items: readonly unknown[] } | undefined {
    const { count, metas } = this.#tables[scope];
    const { slots } = element;
    for (let index = 0; index < slots.length; index++) {
      const slot = slots[index];
      if (slot >= count || !(metas[slot] & (ARRAY << 16))) continue;
      const items = this.slot(scope, slot);
      if (Array.isArray(items) && items.length > 1) return { slot, items };
    }
    return undefined;
  }
}

/** A value as text: items of an array joined by commas. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : Array.isArray(value) ? value.map(textOf).join(',') : String(value);
}
