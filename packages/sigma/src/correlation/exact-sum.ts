/**
 * A sum that values can be added to and taken from for ever without drifting, and that doesn't depend on their order.
 * A double can't do it (1e16 + 1 - 1e16 is 0), so the exact sum is kept as a few doubles that don't overlap
 * (Shewchuk 1997, "Adaptive Precision Floating-Point Arithmetic", grow-expansion) and rounded once when it is read.
 * While everything is a whole number below 2^53, which is nearly always, it is one double and plain arithmetic.
 */
export class ExactSum {
  #plain = 0;
  #parts: number[] | undefined;

  /** Adds a finite number; a negative one takes away. */
  add(value: number): void {
    if (this.#parts === undefined) {
      const next = this.#plain + value;
      if (Number.isInteger(value) && Number.isSafeInteger(next)) {
        this.#plain = next;
        return;
      }
      this.#parts = this.#plain === 0 ? [] : [this.#plain];
    }
    this.#parts = grow(this.#parts, value);
    if (this.#parts.length === 0) this.#reset();
    else if (this.#parts.length === 1 && Number.isSafeInteger(this.#parts[0])) this.#reset(this.#parts[0]);
  }

  #reset(value = 0): void {
    this.#plain = value;
    this.#parts = undefined;
  }

  /** The sum, correctly rounded. */
  get value(): number {
    const parts = this.#parts;
    return parts === undefined ? this.#plain : rounded(parts);
  }
}

/** Adds one number to an expansion whose parts grow in size and don't overlap. */
function grow(parts: readonly number[], value: number): number[] {
  const next: number[] = [];
  let carry = value;
  for (let part of parts) {
    if (Math.abs(carry) < Math.abs(part)) [carry, part] = [part, carry];
    const high = carry + part;
    const low = part - (high - carry);
    if (low !== 0) next.push(low);
    carry = high;
  }
  if (carry !== 0) next.push(carry);
  return next;
}

/** Rounds an expansion half to even, looking past the first remainder where it is exactly a half. */
function rounded(parts: readonly number[]): number {
  let i = parts.length - 1;
  let high = parts[i] ?? 0;
  let low = 0;
  while (i > 0) {
    const x = high;
    const y = parts[--i];
    high = x + y;
    low = y - (high - x);
    if (low !== 0) break;
  }
  if (i > 0 && ((low < 0 && parts[i - 1] < 0) || (low > 0 && parts[i - 1] > 0))) {
    const y = low * 2;
    const x = high + y;
    if (y === x - high) high = x;
  }
  return high;
}
