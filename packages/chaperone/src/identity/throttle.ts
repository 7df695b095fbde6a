import { IdentityError } from './identity-error.ts';
import { networkOf } from './network-of.ts';

interface Tries {
  failed: number;
  until: number;
  last: number;
}

/** Tries before any delay, and the longest delay in seconds: of an account from an address, of an account, of a network. */
const OF_PAIR = { free: 5, longest: 300 };
const OF_ACCOUNT = { free: 50, longest: 10 };
const OF_NETWORK = { free: 20, longest: 60 };
const FORGOTTEN = 3_600_000;
const MOST = 50_000;

/**
 * Slows down guessing: after five failures each further try for the same account from the same address waits twice as long, five minutes at
 * most. The pair counts, not the account alone: nobody can lock an administrator out by guessing from elsewhere. Guessing one account from
 * many addresses is slowed by a second, wider count that never delays by more than ten seconds, and never where the account came in from before:
 * else a guesser who never rests could keep its owner waiting for ever. Guessing many accounts from one network is slowed by a third count, by a
 * minute at most, and never for an account that came in from there before.
 */
export class Throttle {
  readonly #now: () => number;
  readonly #tries = new Map<string, Tries>();
  /** pairs that came in, the latest last */
  readonly #welcome = new Set<string>();

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @throws IdentityError `too_many_tries` with the seconds to wait */
  check(account: string, ip: string): void {
    const now = this.#now();
    const [pair, ...wider] = keysOf(account, ip);
    for (const key of this.#welcome.has(pair) ? [pair] : [pair, ...wider]) {
      const tries = this.#tries.get(key);
      if (tries !== undefined && tries.until > now)
        throw new IdentityError(
          'too_many_tries',
          'Too many sign-ins failed.',
          'Wait, then try again.',
          Math.ceil((tries.until - now) / 1000),
        );
    }
  }

  /** Whether an account came in from an address before. */
  knows(account: string, ip: string): boolean {
    return this.#welcome.has(keysOf(account, ip)[0]);
  }

  /** @param at milliseconds since 1970; now where left out */
  failed(account: string, ip: string, at = this.#now()): void {
    const now = at;
    if (this.#tries.size > MOST)
      for (const [key, { last }] of this.#tries) if (now - last > 60_000) this.#tries.delete(key);
    const [pair, one, network] = keysOf(account, ip);
    this.#count(pair, now, OF_PAIR);
    this.#count(one, now, OF_ACCOUNT);
    this.#count(network, now, OF_NETWORK);
  }

  succeeded(account: string, ip: string): void {
    const [pair] = keysOf(account, ip);
    this.#tries.delete(pair);
    this.#welcome.delete(pair);
    this.#welcome.add(pair);
    if (this.#welcome.size > MOST)
      for (const oldest of [...this.#welcome].slice(0, MOST / 10)) this.#welcome.delete(oldest);
  }

  #count(key: string, now: number, { free, longest }: typeof OF_PAIR): void {
    const known = this.#tries.get(key);
    const failed = known === undefined || now - known.last > FORGOTTEN ? 1 : known.failed + 1;
    const delay = failed < free ? 0 : Math.min(longest, 2 ** Math.min(failed - free, 20));
    this.#tries.set(key, { failed, until: now + delay * 1000, last: now });
  }
}

function keysOf(account: string, ip: string): [pair: string, account: string, network: string] {
  const name = account.toLowerCase().slice(0, 320);
  return [`${name}\0${ip}`, name, `\0${networkOf(ip)}`];
}
