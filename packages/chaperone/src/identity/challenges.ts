import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Vault } from './vault.ts';

const LIFETIME = 5 * 60_000;
const RANDOM = 16;
const STAMP = 6;

/**
 * What a passkey has to sign. A challenge carries its end and our mark, so that asking for many takes no memory of ours; only those that were
 * answered are remembered, until they end, so that each is answered once.
 */
export class Challenges {
  readonly #vault: Vault;
  readonly #now: () => number;
  readonly #used = new Map<string, number>();

  constructor(vault: Vault, now: () => number) {
    this.#vault = vault;
    this.#now = now;
  }

  /** @param purpose what it may be answered for, e.g. adding a passkey in one session */
  issue(purpose: string): Uint8Array<ArrayBuffer> {
    const head = Buffer.alloc(RANDOM + STAMP);
    randomBytes(RANDOM).copy(head);
    head.writeUIntBE(this.#now() + LIFETIME, RANDOM, STAMP);
    return Uint8Array.from([...head, ...this.#mark(purpose, head)]);
  }

  /** Whether a challenge (base64url) is ours, for this purpose, not too old and not answered yet. */
  fits(purpose: string, challenge: string): boolean {
    const bytes = Buffer.from(challenge, 'base64url');
    const head = bytes.subarray(0, RANDOM + STAMP);
    const mark = bytes.subarray(RANDOM + STAMP);
    const own = head.length === RANDOM + STAMP ? this.#mark(purpose, head) : Buffer.alloc(0);
    if (own.length === 0 || own.length !== mark.length || !timingSafeEqual(own, mark)) return false;
    return head.readUIntBE(RANDOM, STAMP) > this.#now() && !this.#used.has(bytes.toString('base64url'));
  }

  /** Spends a challenge. @returns false when it was spent meanwhile */
  spend(challenge: string): boolean {
    for (const [one, end] of this.#used) if (end <= this.#now()) this.#used.delete(one);
    const key = Buffer.from(challenge, 'base64url').toString('base64url');
    if (this.#used.has(key)) return false;
    this.#used.set(key, this.#now() + LIFETIME);
    return true;
  }

  #mark(purpose: string, head: Buffer): Buffer {
    return Buffer.from(this.#vault.mac(`challenge/${purpose}`, head.toString('hex')), 'base64url');
  }
}
