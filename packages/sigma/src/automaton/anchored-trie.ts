/**
 * Which of many literals a text starts with (or, built `fromEnd`, ends with): a trie whose edges lie in one open-addressed
 * table keyed by node and code unit. A walk ends at the first character that no literal has, so its cost is what the
 * text shares with the literals, whatever their number.
 */
import { SPREAD } from './gram-table.ts';
import { Hits } from './hits.ts';
import { UNIT_FOLD } from './unit-fold.ts';

export interface Anchored {
  /** folded; may be empty (then every text has it) */
  readonly text: string;
  /** the text has to end here: the literal is the whole value */
  readonly whole: boolean;
}

const FREE = -1;

export class AnchoredTrie {
  readonly hits: Hits;
  readonly #fromEnd: boolean;
  /** three ints an edge: node, unit, child; node is FREE where the entry is empty */
  #edges: Int32Array;
  #mask: number;
  #edgeCount = 0;
  #nodes = 1;
  /** node → the literals that end there, as a list in `next`; -1 for none */
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #whole: Uint8Array;

  constructor(literals: readonly Anchored[], fromEnd: boolean) {
    this.hits = new Hits(literals.length);
    this.#fromEnd = fromEnd;
    this.#edges = new Int32Array(3 * 64).fill(FREE);
    this.#mask = 63;
    let total = 1;
    for (const literal of literals) total += literal.text.length;
    this.#first = new Int32Array(total).fill(-1);
    this.#next = new Int32Array(literals.length).fill(-1);
    this.#whole = Uint8Array.from(literals, (literal) => (literal.whole ? 1 : 0));
    for (let i = 0; i < literals.length; i++) {
      const node = this.#grow(literals[i].text);
      this.#next[i] = this.#first[node];
      this.#first[node] = i;
    }
  }

  #grow(text: string): number {
    let node = 0;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(this.#fromEnd ? text.length - 1 - i : i);
      let child = this.#child(node, unit);
      if (child < 0) {
        child = this.#nodes++;
        this.#link(node, unit, child);
      }
      node = child;
    }
    return node;
  }

  #link(node: number, unit: number, child: number): void {
    if (++this.#edgeCount * 2 > this.#mask) {
      const old = this.#edges;
      this.#mask = this.#mask * 2 + 1;
      this.#edges = new Int32Array(3 * (this.#mask + 1)).fill(FREE);
      for (let at = 0; at < old.length; at += 3) if (old[at] !== FREE) this.#place(old[at], old[at + 1], old[at + 2]);
    }
    this.#place(node, unit, child);
  }

  #place(node: number, unit: number, child: number): void {
    let slot = spread(node, unit) & this.#mask;
    while (this.#edges[slot * 3] !== FREE) slot = (slot + 1) & this.#mask;
    this.#edges[slot * 3] = node;
    this.#edges[slot * 3 + 1] = unit;
    this.#edges[slot * 3 + 2] = child;
  }

  #child(node: number, unit: number): number {
    const edges = this.#edges;
    let slot = spread(node, unit) & this.#mask;
    for (;;) {
      const at = slot * 3;
      if (edges[at] === FREE) return -1;
      if (edges[at] === node && edges[at + 1] === unit) return edges[at + 2];
      slot = (slot + 1) & this.#mask;
    }
  }

  /** Fills `hits` with the literals that the text starts (or ends) with, whatever its case. */
  walk(text: string): void {
    this.hits.clear();
    let node = 0;
    const length = text.length;
    for (let i = 0; ; i++) {
      for (let literal = this.#first[node]; literal >= 0; literal = this.#next[literal]) {
        if (this.#whole[literal] === 0 || i === length) this.hits.add(literal);
      }
      if (i === length) return;
      node = this.#child(node, UNIT_FOLD[text.charCodeAt(this.#fromEnd ? length - 1 - i : i)]);
      if (node < 0) return;
    }
  }
}

function spread(node: number, unit: number): number {
  const mixed = Math.imul(Math.imul(node, SPREAD) ^ unit, SPREAD);
  return mixed ^ (mixed >>> 15);
}
