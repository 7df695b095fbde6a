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
  readonly ask: AskProvider;
}

/** Asks an identity provider, of which an administrator gave the address; `inside`: it may stand in a network of our own, or on this machine. */
export type AskProvider = (
  url: string,
  request: {
    readonly method: string;
    readonly headers: Record<string, string>;
    readonly body?: unknown;
    readonly redirect: 'manual';
    readonly signal?: AbortSignal;
  },
  inside: boolean,
) => Promise<Response>;

/** @param ask how identity providers are asked; what `fetch` does where left out */
export function createIdentity(
  state: StateStore,
  vault: Vault,
  now: () => number = Date.now,
  ask: AskProvider = (url, request) => fetch(url, { ...request, body: (request.body ?? null) as string }),
): Identity {
  return { state, vault, throttle: new Throttle(now), challenges: new Challenges(vault, now), now, ask };
}
