import { Layout } from './layout.ts';
import { Shape } from './shape.ts';
import type { Template } from './template.ts';

/**
 * Beyond this many layouts the memory of them begins anew: hostile files can make shapes without end. The logs of a
 * whole network have a few thousand; the 8,255 records of the attack samples have 267.
 */
const MAX_LAYOUTS = 4000;

/**
 * A step on the way to a layout. The way is the record's template, then for each slot that holds an instance, in the
 * order in which they are found, its place and its template. The last way taken is remembered, since records of a
 * kind follow each other.
 */
export class LayoutStep {
  readonly #parent: LayoutStep | undefined;
  readonly #place: number;
  readonly #template: Template;
  readonly #next = new Map<number, LayoutStep>();
  #layout: Layout | undefined = undefined;
  #lastPlace = -1;
  #lastTemplate = -1;
  #lastStep: LayoutStep | undefined = undefined;

  constructor(parent: LayoutStep | undefined, place: number, template: Template) {
    this.#parent = parent;
    this.#place = place;
    this.#template = template;
  }

  /** @param place scope * 65536 + slot that holds the instance */
  step(place: number, template: Template): LayoutStep {
    if (template.id === this.#lastTemplate && place === this.#lastPlace) return this.#lastStep!;
    // scopes are few and slots 16 bits, so that the key stays exact
    const key = template.id * 0x100_0000 + place;
    let next = this.#next.get(key);
    if (next === undefined) {
      next = new LayoutStep(this, place, template);
      this.#next.set(key, next);
      steps++;
    }
    this.#lastPlace = place;
    this.#lastTemplate = template.id;
    this.#lastStep = next;
    return next;
  }

  get layout(): Layout {
    this.#layout ??= new Layout(this.#shape());
    return this.#layout;
  }

  #shape(): Shape {
    if (this.#parent === undefined) {
      const shape = new Shape();
      shape.add(this.#template.nodes);
      return shape;
    }
    const shape = this.#parent.#shape();
    const child = shape.add(this.#template.nodes);
    shape.attach(this.#place >>> 16, this.#place & 0xffff, child);
    return shape;
  }
}

let roots = new Map<number, LayoutStep>();
let steps = 0;

/** The first step for a record of this template. */
export function layoutRoot(template: Template): LayoutStep {
  if (steps > MAX_LAYOUTS) {
    roots = new Map();
    steps = 0;
  }
  let root = roots.get(template.id);
  if (root === undefined) {
    root = new LayoutStep(undefined, 0, template);
    roots.set(template.id, root);
    steps++;
  }
  return root;
}
