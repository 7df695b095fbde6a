import { availableParallelism } from 'node:os';
import { IdentityError } from './identity-error.ts';

/** Whose password is computed. */
export interface Comer {
  /** network that it comes from */
  readonly network: string;
  /** the account came in from there before */
  readonly known: boolean;
}

/** Strangers who may wait in all, and of one network, those at work counted. */
const MOST_WAITING = 40;
const MOST_OF_NETWORK = 5;
/** Known ones who may wait. */
const MOST_KNOWN = 200;
/** After a stranger's wrong password the next stranger waits this many times as long as it took: a flood gets a quarter of a core. */
const REST = 3;

const FULL = () =>
  new IdentityError('too_many_tries', 'Too many people sign in at this moment.', 'Try again in a few seconds.', 5);

/**
 * Passwords wait here to be computed, for each takes milliseconds of a core and 19 MiB: few at once, the known before strangers, few of one network,
 * and after a wrong one strangers wait a little. Whoever finds no place is turned away before anything is computed.
 */
export class PasswordLine {
  readonly #atOnce: number;
  readonly #known: (() => void)[] = [];
  readonly #strangers: (() => void)[] = [];
  readonly #ofNetwork = new Map<string, number>();
  #running = 0;
  #resting = false;

  /** @param atOnce half of the cores where left out: a flood of sign-ins must leave the rest to the events */
  constructor(atOnce = Math.max(1, availableParallelism() >> 1)) {
    this.#atOnce = atOnce;
  }

  /**
   * @param comer undefined: somebody who is signed in, or was invited
   * @param work gives whether the password was right, or something else that is no `false`
   * @throws IdentityError `too_many_tries`
   */
  async run<T>(comer: Comer | undefined, work: () => Promise<T>): Promise<T> {
    if (comer === undefined || comer.known) return this.#do(this.#known, MOST_KNOWN, work);
    const { network } = comer;
    const others = this.#ofNetwork.get(network) ?? 0;
    if (others >= MOST_OF_NETWORK) throw FULL();
    this.#ofNetwork.set(network, others + 1);
    try {
      return await this.#do(this.#strangers, MOST_WAITING, work);
    } finally {
      const left = (this.#ofNetwork.get(network) ?? 1) - 1;
      if (left > 0) this.#ofNetwork.set(network, left);
      else this.#ofNetwork.delete(network);
    }
  }

  async #do<T>(line: (() => void)[], most: number, work: () => Promise<T>): Promise<T> {
    const stranger = line === this.#strangers;
    if (this.#running >= this.#atOnce || (stranger && this.#resting)) {
      if (line.length >= most) throw FULL();
      await new Promise<void>((go) => line.push(go));
    } else this.#running += 1;
    const begun = performance.now();
    let wrong = false;
    try {
      const result = await work();
      wrong = result === false;
      return result;
    } finally {
      this.#running -= 1;
      if (stranger && wrong && !this.#resting) this.#rest((performance.now() - begun) * REST);
      this.#next();
    }
  }

  #rest(ms: number): void {
    this.#resting = true;
    setTimeout(() => {
      this.#resting = false;
      this.#next();
    }, ms);
  }

  /** Lets in who is next; the place is theirs from now on. */
  #next(): void {
    while (this.#running < this.#atOnce) {
      const go = this.#known.shift() ?? (this.#resting ? undefined : this.#strangers.shift());
      if (go === undefined) return;
      this.#running += 1;
      go();
    }
  }
}
