import type { Node } from './node.ts';

/**
 * How a record is put together: scopes (template instances, and fragments without template) and which slot of which
 * scope holds which other scope. Scope 0 is the record itself. The values of scope n are those of slot table n.
 */
export class Shape {
  readonly scopes: (readonly Node[])[] = [];
  readonly #children = new Map<number, number>();

  add(nodes: readonly Node[]): number {
    return this.scopes.push(nodes) - 1;
  }

  attach(scope: number, slot: number, child: number): void {
    this.#children.set(scope * 0x10000 + slot, child);
  }

  /** The scope that a slot holds, or -1. */
  child(scope: number, slot: number): number {
    return this.#children.get(scope * 0x10000 + slot) ?? -1;
  }

  get hasChildren(): boolean {
    return this.#children.size > 0;
  }
}
