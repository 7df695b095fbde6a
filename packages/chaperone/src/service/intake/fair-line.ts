interface Waiting {
  readonly begin: () => void;
}

/**
 * Who share one worker take turns in it: each gets the same part of its time, however much and however large what it brings. The worker does one
 * thing after the other; a few are given to it ahead, so that it never waits.
 */
export class FairLine {
  readonly #ahead: number;
  readonly #now: () => number;
  readonly #lines = new Map<string, Waiting[]>();
  /** milliseconds of the worker that each has had; what lies behind the clock is worth nothing */
  readonly #had = new Map<string, number>();
  /** what the one had had that was begun last */
  #clock = 0;
  #begun = 0;
  #last = Number.NEGATIVE_INFINITY;

  /**
   * @param ahead how many are given to the worker at once
   * @param now milliseconds
   */
  constructor(ahead = 2, now: () => number = () => performance.now()) {
    this.#ahead = ahead;
    this.#now = now;
  }

  /** Has something done when it is its turn; gives what that gives. */
  async run<T>(who: string, work: () => Promise<T>): Promise<T> {
    this.#had.set(who, Math.max(this.#had.get(who) ?? 0, this.#clock));
    if (this.#begun >= this.#ahead) {
      await new Promise<void>((begin) => {
        const line = this.#lines.get(who);
        if (line === undefined) this.#lines.set(who, [{ begin }]);
        else line.push({ begin });
      });
    } else this.#begin(who);
    const given = this.#now();
    try {
      return await work();
    } finally {
      const now = this.#now();
      // It began when it was given, or when what was before it was done.
      this.#had.set(who, (this.#had.get(who) ?? this.#clock) + now - Math.max(given, this.#last));
      this.#last = now;
      this.#begun -= 1;
      this.#next();
    }
  }

  #begin(who: string): void {
    this.#begun += 1;
    this.#clock = Math.max(this.#clock, this.#had.get(who) ?? 0);
  }

  #next(): void {
    let least: string | undefined;
    for (const who of this.#lines.keys()) if (least === undefined || this.#of(who) < this.#of(least)) least = who;
    if (least === undefined) {
      if (this.#begun === 0) this.#had.clear();
      return;
    }
    const line = this.#lines.get(least)!;
    const { begin } = line.shift()!;
    if (line.length === 0) this.#lines.delete(least);
    this.#begin(least);
    begin();
  }

  #of(who: string): number {
    return this.#had.get(who) ?? 0;
  }
}
