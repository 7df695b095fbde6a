import type { Leaf, LeafKind, LeafSource } from './leaf.ts';
import { type ElementNode, fixedText, type Node } from './node.ts';
import type { Shape } from './shape.ts';

/** More leaves, and more elements on the way to them, than any real event has: a shape with more is refused. */
const MAX_LEAVES = 4096;
const MAX_ELEMENTS = 1 << 14;
const MAX_DEPTH = 160;

const CONTAINERS = new Set(['EventData', 'UserData']);

/** Walks a shape's nodes in the order of the event and lists its leaves with their names. */
export class LeafBuilder {
  readonly leaves: Leaf[] = [];
  readonly sources: LeafSource[][] = [];
  readonly names = new Map<string, number>();
  complete = true;
  #visited = 0;
  readonly #shape: Shape;
  /** names of lower rank give way to higher: 3 payload, 2 System, 1 other */
  readonly #ranks = new Map<string, number>();

  constructor(shape: Shape) {
    this.#shape = shape;
  }

  build(): void {
    const counts = new Map<string, number>();
    this.#nodes(this.#shape.scopes[0], 0, [], '', '', '', counts, 0);
  }

  #nodes(
    nodes: readonly Node[],
    scope: number,
    guards: readonly number[],
    path: string,
    parent: string,
    container: string,
    counts: Map<string, number>,
    depth: number,
  ): void {
    if (depth > MAX_DEPTH) {
      this.complete = false;
      return;
    }
    const unnamed: LeafSource[] = [];
    let previous = '';
    this.#each(nodes, scope, 0, (element, inner) => {
      // a slot that holds an instance isn't null: only other slots can leave the element out
      const { dependency } = element;
      const sure = dependency < 0 || this.#shape.child(inner, dependency) >= 0;
      const own = sure ? guards : [...guards, inner * 0x10000 + dependency];
      const direct = CONTAINERS.has(parent) && element.name === 'Data';
      if (direct) {
        const name = element.label;
        if (name === undefined || name === '') {
          unnamed.push({ scope: inner, parts: element.children, guards: own, empty: 'string' });
          return;
        }
        const source: LeafSource = { scope: inner, parts: element.children, guards: own, empty: 'string' };
        if (previous === name) {
          this.#join(name, source);
          return;
        }
        previous = name;
        const numbered = number(counts, `Data ${name}`, name);
        this.#leaf(numbered, `${path}.${numbered}`, 3, [source]);
        return;
      }
      previous = '';
      const numbered = number(counts, element.name, element.name);
      const place = path === '' ? numbered : `${path}.${numbered}`;
      this.#element(element, inner, own, place, localName(numbered), container, depth);
    });
    if (unnamed.length > 0) {
      const leaf = this.#leaf('Data', `${path}.Data.#text`, 3, unnamed);
      this.#name(`${path}.Data`, leaf, 3);
    }
  }

  #element(
    element: ElementNode,
    scope: number,
    guards: readonly number[],
    path: string,
    name: string,
    container: string,
    depth: number,
  ): void {
    const inside = container === '' ? element.name : container;
    const isRoot = depth === 0;
    const rank = isRoot
      ? 1
      : container === 'EventData' || container === 'UserData'
        ? 3
        : container === 'System'
          ? 2
          : 1;
    for (const { name: attribute, parts } of element.attributes) {
      this.#leaf(`${name}_${attribute}`, `${path}.#attributes.${attribute}`, rank, [
        { scope, parts, guards, empty: 'absent' },
      ]);
    }
    const parts = element.children.filter(
      (node) => node.kind === 'text' || (node.kind === 'slot' && this.#shape.child(scope, node.index) < 0),
    );
    const hasElements = element.children.some(
      (node) =>
        node.kind === 'element' ||
        node.kind === 'instance' ||
        (node.kind === 'slot' && this.#shape.child(scope, node.index) >= 0),
    );
    if (parts.length > 0) {
      const withText = hasElements || element.attributes.length > 0;
      const leaf = this.#leaf(name, withText ? `${path}.#text` : path, rank, [{ scope, parts, guards, empty: 'null' }]);
      if (withText) this.#name(path, leaf, rank);
    }
    if (hasElements) {
      this.#nodes(element.children, scope, guards, path, element.name, isRoot ? '' : inside, new Map(), depth + 1);
    }
  }

  /** Calls back with every element among the nodes, those of nested scopes too. */
  #each(
    nodes: readonly Node[],
    scope: number,
    depth: number,
    visit: (element: ElementNode, scope: number) => void,
  ): void {
    if (depth > MAX_DEPTH) {
      this.complete = false;
      return;
    }
    for (const node of nodes) {
      if (this.leaves.length > MAX_LEAVES || ++this.#visited > MAX_ELEMENTS) {
        this.complete = false;
        return;
      }
      if (node.kind === 'element') {
        visit(node, scope);
        continue;
      }
      const child =
        node.kind === 'instance' ? node.scope : node.kind === 'slot' ? this.#shape.child(scope, node.index) : -1;
      if (child >= 0) this.#each(this.#shape.scopes[child], child, depth + 1, visit);
    }
  }

  #leaf(name: string, path: string, rank: number, sources: LeafSource[]): number {
    const leaf = this.leaves.length;
    const kind = kindOf(sources);
    const constant = kind === 'constant' ? fixedValue(sources[0]) : undefined;
    this.leaves.push(kind === 'constant' ? { name, path, kind, constant } : { name, path, kind });
    this.sources.push(sources);
    this.#name(name, leaf, rank);
    this.#name(path, leaf, rank);
    return leaf;
  }

  /** One more element of the same name right after the last: together they are one field. */
  #join(name: string, source: LeafSource): void {
    const leaf = this.leaves.length - 1;
    this.sources[leaf].push(source);
    this.leaves[leaf] = { name, path: this.leaves[leaf].path, kind: 'composite' };
  }

  #name(name: string, leaf: number, rank: number): void {
    if ((this.#ranks.get(name) ?? 0) >= rank) return;
    this.#ranks.set(name, rank);
    this.names.set(name, leaf);
  }
}

function kindOf(sources: readonly LeafSource[]): LeafKind {
  if (sources.length !== 1) return 'composite';
  const { parts, guards } = sources[0];
  if (parts.length === 1 && parts[0].kind === 'slot') return 'slot';
  return guards.length === 0 && parts.every((part) => part.kind === 'text') ? 'constant' : 'composite';
}

/** A constant as the event shows it: an empty one is `''` in `<Data>` and nothing elsewhere. */
function fixedValue({ parts, empty }: LeafSource): unknown {
  const value = constantOf(parts);
  return value === '' && empty !== 'string' ? undefined : value;
}

function constantOf(parts: readonly Node[]): unknown {
  return parts.length === 1 && parts[0].kind === 'text' ? parts[0].value : (fixedText(parts) ?? '');
}

/** A name without its namespace prefix. */
function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** `X`, `X_1`, `X_2`: how the event numbers members of one name. */
function number(counts: Map<string, number>, key: string, name: string): string {
  const count = counts.get(key) ?? 0;
  counts.set(key, count + 1);
  return count === 0 ? name : `${name}_${count}`;
}
