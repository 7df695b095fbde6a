import { Problem } from './problem.ts';

interface Bucket {
  tokens: number;
  at: number;
}

const MOST = 20_000;

/** A bucket of tokens for each caller: `burst` requests at once, `rate` a second for long. */
export class RateLimit {
  readonly #rate: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(rate: number, burst: number) {
    this.#rate = rate;
    this.#burst = burst;
  }

  /** @throws Problem 429 with the seconds to wait */
  take(caller: string, now = Date.now()): void {
    let bucket = this.#buckets.get(caller);
    if (bucket === undefined) {
      // The oldest goes: whoever comes from very many places is not held back here, but fills no memory.
      if (this.#buckets.size >= MOST) this.#buckets.delete(this.#buckets.keys().next().value!);
      bucket = { tokens: this.#burst, at: now };
      this.#buckets.set(caller, bucket);
    }
    // A clock that was set back gives nothing and takes nothing.
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (Math.max(0, now - bucket.at) / 1000) * this.#rate);
    bucket.at = now;
    if (bucket.tokens < 1)
      throw new Problem(
        429,
        'too_many_requests',
        'Too many requests came from here.',
        'Wait a moment.',
        {},
        Math.ceil((1 - bucket.tokens) / this.#rate),
      );
    bucket.tokens -= 1;
  }
}
