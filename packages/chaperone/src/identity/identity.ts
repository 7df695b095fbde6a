import type { StateStore } from '../storage/index.ts';
import { Challenges } from './challenges.ts';
import { Throttle } from './throttle.ts';
import type { Vault } from './vault.ts';

/** What everything about people and their sign-in needs. */
export interface Identity {
  readonly state: StateStore;
  readonly vault: Vault;
  readonly throttle: Throttle;
  readonly challenges: Challenges;
  /** milliseconds since 1970 */
  now(): number;
}

export function createIdentity(state: StateStore, vault: Vault, now: () => number = Date.now): Identity {
  return { state, vault, throttle: new Throttle(now), challenges: new Challenges(vault, now), now };
}
