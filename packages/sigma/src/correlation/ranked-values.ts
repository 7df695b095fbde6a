/**
 * Multisets of numbers, many at a time, that can say "the k-th smallest" after any insertion or removal, in O(log n).
 * Treaps (Seidel and Aragon 1996) over one shared pool of nodes; a node holds a value and how often it is there, so
 * a million equal values are one node. A set is named by its root, 0 being the empty one.
 */
import { grown } from './tuple-table.ts';

export class RankedValues {
  #value = new Float64Array(16);
  #left = new Int32Array(16);
  #right = new Int32Array(16);
  #count = new Int32Array(16);
  #size = new Int32Array(16);
  #priority = new Int32Array(16);
  #free: number[] = [];
  #next = 1;
  /** drawn anew each time: with known priorities, values could be sent in an order that makes the tree a list */
  #random = seed();

  get bytes(): number {
    return this.#value.length * 28;
  }

  /** How many numbers a set holds. */
  size(root: number): number {
    return this.#size[root];
  }

  /** Adds a number and returns the set's new root. */
  insert(root: number, value: number): number {
    if (root === 0) return this.#make(value);
    const at = this.#value[root];
    this.#size[root]++;
    if (value === at) {
      this.#count[root]++;
      return root;
    }
    if (value < at) {
      const child = this.insert(this.#left[root], value);
      this.#left[root] = child;
      return this.#priority[child] > this.#priority[root] ? this.#turnRight(root) : root;
    }
    const child = this.insert(this.#right[root], value);
    this.#right[root] = child;
    return this.#priority[child] > this.#priority[root] ? this.#turnLeft(root) : root;
  }

  /** Takes one occurrence of a number out (it must be there) and returns the set's new root. */
  remove(root: number, value: number): number {
    if (root === 0) throw new TypeError('the value is not in the set');
    const at = this.#value[root];
    if (value < at) this.#left[root] = this.remove(this.#left[root], value);
    else if (value > at) this.#right[root] = this.remove(this.#right[root], value);
    else if (--this.#count[root] === 0) {
      const merged = this.#merge(this.#left[root], this.#right[root]);
      this.#free.push(root);
      return merged;
    }
    this.#size[root]--;
    return root;
  }

  /** The `k`-th smallest, from 0. */
  at(root: number, k: number): number {
    let node = root;
    let rest = k;
    for (;;) {
      const before = this.#size[this.#left[node]];
      if (rest < before) node = this.#left[node];
      else if (rest < before + this.#count[node]) return this.#value[node];
      else {
        rest -= before + this.#count[node];
        node = this.#right[node];
      }
    }
  }

  /** The percentile (0 to 100) with linear interpolation between closest ranks (Hyndman and Fan's type 7). */
  percentile(root: number, percentile: number): number {
    const rank = (percentile / 100) * (this.size(root) - 1);
    const below = Math.floor(rank);
    const low = this.at(root, below);
    if (below === rank) return low;
    const high = this.at(root, below + 1);
    return low + (high - low) * (rank - below);
  }

  /** Gives all nodes of a set back. */
  clear(root: number): void {
    if (root === 0) return;
    this.clear(this.#left[root]);
    this.clear(this.#right[root]);
    this.#free.push(root);
  }

  #make(value: number): number {
    const node = this.#free.pop() ?? this.#next++;
    if (node >= this.#value.length) {
      this.#value = grown(this.#value, node + 1);
      this.#left = grown(this.#left, this.#value.length);
      this.#right = grown(this.#right, this.#value.length);
      this.#count = grown(this.#count, this.#value.length);
      this.#size = grown(this.#size, this.#value.length);
      this.#priority = grown(this.#priority, this.#value.length);
    }
    this.#random ^= this.#random << 13;
    this.#random ^= this.#random >>> 17;
    this.#random ^= this.#random << 5;
    this.#value[node] = value;
    this.#left[node] = 0;
    this.#right[node] = 0;
    this.#count[node] = 1;
    this.#size[node] = 1;
    this.#priority[node] = this.#random;
    return node;
  }

  #update(node: number): void {
    this.#size[node] = this.#size[this.#left[node]] + this.#size[this.#right[node]] + this.#count[node];
  }

  #turnRight(root: number): number {
    const child = this.#left[root];
    this.#left[root] = this.#right[child];
    this.#right[child] = root;
    this.#update(root);
    this.#update(child);
    return child;
  }

  #turnLeft(root: number): number {
    const child = this.#right[root];
    this.#right[root] = this.#left[child];
    this.#left[child] = root;
    this.#update(root);
    this.#update(child);
    return child;
  }

  #merge(a: number, b: number): number {
    if (a === 0) return b;
    if (b === 0) return a;
    if (this.#priority[a] > this.#priority[b]) {
      this.#right[a] = this.#merge(this.#right[a], b);
      this.#update(a);
      return a;
    }
    this.#left[b] = this.#merge(a, this.#left[b]);
    this.#update(b);
    return b;
  }
}

/** Never 0, from which the generator doesn't get away. */
function seed(): number {
  return (Math.random() * 0xffffffff) | 1;
}
