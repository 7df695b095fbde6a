import { type Ip, type IpRange, parseIp } from './ip.ts';

/**
 * Many blocks of addresses, each with a value; `find` gives the value of the smallest block that holds the address.
 *
 * CIDR blocks are nested or apart, never crossing. Sorted by start and then by size, the biggest first, one walk with a
 * stack cuts them into intervals that don't overlap, each owned by its innermost block:
 *
 *     10.0.0.0/8 → A, 10.1.0.0/16 → B      gives      [10.0.0.0 A [10.1.0.0 B ]10.1.255.255 A ]10.255.255.255
 *
 * A look-up is then one binary search over starts. Equal blocks: the first one given wins.
 */
export class IpSet<T> {
  readonly #starts4: Float64Array;
  readonly #ends4: Float64Array;
  readonly #values4: readonly T[];
  readonly #starts6: readonly bigint[];
  readonly #ends6: readonly bigint[];
  readonly #values6: readonly T[];

  constructor(blocks: Iterable<{ readonly range: IpRange; readonly value: T }>) {
    const v4: Block<number, T>[] = [];
    const v6: Block<bigint, T>[] = [];
    for (const { range, value } of blocks) {
      if (range.version === 4) v4.push({ from: range.from, to: range.to, value });
      else v6.push({ from: range.from, to: range.to, value });
    }
    const flat4 = flatten(
      v4,
      (n) => n + 1,
      (n) => n - 1,
    );
    const flat6 = flatten(
      v6,
      (n) => n + 1n,
      (n) => n - 1n,
    );
    this.#starts4 = Float64Array.from(flat4, (b) => b.from);
    this.#ends4 = Float64Array.from(flat4, (b) => b.to);
    this.#values4 = flat4.map((b) => b.value);
    this.#starts6 = flat6.map((b) => b.from);
    this.#ends6 = flat6.map((b) => b.to);
    this.#values6 = flat6.map((b) => b.value);
  }

  get size(): number {
    return this.#values4.length + this.#values6.length;
  }

  /** The value of the smallest block holding the address; undefined when none does or the text is no address. */
  find(address: string | Ip): T | undefined {
    if (this.size === 0) return undefined;
    const ip = typeof address === 'string' ? parseIp(address) : address;
    if (ip === undefined) return undefined;
    if (ip.version === 4) {
      const at = lastAtMost(this.#starts4, ip.value);
      return at >= 0 && ip.value <= this.#ends4[at]! ? this.#values4[at] : undefined;
    }
    const at = lastAtMost(this.#starts6, ip.value);
    return at >= 0 && ip.value <= this.#ends6[at]! ? this.#values6[at] : undefined;
  }

  has(address: string | Ip): boolean {
    return this.find(address) !== undefined;
  }
}

interface Block<N, T> {
  readonly from: N;
  readonly to: N;
  readonly value: T;
}

function flatten<N extends number | bigint, T>(
  blocks: Block<N, T>[],
  next: (n: N) => N,
  before: (n: N) => N,
): Block<N, T>[] {
  blocks.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : a.to > b.to ? -1 : a.to < b.to ? 1 : 0));
  const flat: Block<N, T>[] = [];
  const open: Block<N, T>[] = [];
  let at: N | undefined;
  const emit = (to: N, value: T) => {
    if (at !== undefined && at <= to) flat.push({ from: at, to, value });
  };
  const close = () => {
    const block = open.pop()!;
    emit(block.to, block.value);
    if (at === undefined || at <= block.to) at = next(block.to);
  };
  for (const block of blocks) {
    while (open.length > 0 && open[open.length - 1]!.to < block.from) close();
    const outer = open[open.length - 1];
    if (outer !== undefined) {
      if (outer.from === block.from && outer.to === block.to) continue;
      emit(before(block.from), outer.value);
    }
    at = block.from;
    open.push(block);
  }
  while (open.length > 0) close();
  return flat;
}

function lastAtMost<N extends number | bigint>(starts: ArrayLike<N>, value: N): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
