import type { Node } from './node.ts';

/**
 * How a record is put together: scopes (template instances, and fragments without template) and which slot of which
 * scope holds which other scope. Scope 0 is the record itself. The values of scope n are those of slot table n.
 */
export class Shape {
  readonly scopes: (readonly Node[])[] = [];
  /** per scope: its slots that hold a scope, and which; undefined for the many that hold none */
  readonly #children: (Map<number, number> | undefined)[] = [];

  add(nodes: readonly Node[]): number {
    this.#children.push(undefined);
    return this.scopes.push(nodes) - 1;
  }

  attach(scope: number, slot: number, child: number): void {
    this.#children[scope] ??= new Map();
    this.#children[scope].set(slot, child);
  }

  /** The scope that a slot holds, or -1. */
  child(scope: number, slot: number): number {
    const children = this.#children[scope];
    return children === undefined ? -1 : (children.get(slot) ?? -1);
  }
}
