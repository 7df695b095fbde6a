/**
 * All networks of one field, asked of an address at once. For each length of prefix that occurs, the address is cut to that
 * length and looked up, so a thousand networks cost no more than their few lengths.
 */
import type { Hits } from '../automaton/hits.ts';
import { parseAddress, parseNetwork } from '../evaluate/address.ts';

export interface NetworkTest {
  /** the number its owner knows the test by */
  readonly number: number;
  readonly network: string;
}

interface Length {
  readonly bits: number;
  readonly v4: boolean;
  readonly known: Map<string, number[]>;
}

/** What an address can begin with: a hexadecimal digit, a colon or a bracket. Most texts are sorted out by it. */
const BEGINNING = /^\s*[0-9a-fA-F:[]/;

export class NetworkMatcher {
  readonly #lengths: Length[] = [];

  constructor(tests: readonly NetworkTest[]) {
    for (const test of tests) {
      const network = parseNetwork(test.network);
      if (network === undefined) throw new TypeError(`not a network: ${test.network}`);
      let length = this.#lengths.find(({ bits, v4 }) => bits === network.bits && v4 === network.v4);
      if (length === undefined) {
        length = { bits: network.bits, v4: network.v4, known: new Map() };
        this.#lengths.push(length);
      }
      const key = prefix(network.words, network.bits);
      const same = length.known.get(key);
      if (same === undefined) length.known.set(key, [test.number]);
      else same.push(test.number);
    }
  }

  /** Adds to `truth` the tests that hold of the text, if it is an address. */
  match(text: string, truth: Hits): void {
    if (!BEGINNING.test(text)) return;
    const address = parseAddress(text.trim());
    if (address === undefined) return;
    for (const { bits, v4, known } of this.#lengths) {
      if (v4 !== address.v4) continue;
      const found = known.get(prefix(address.words, bits));
      if (found !== undefined) for (const number of found) truth.add(number);
    }
  }
}

/** The first bits of an address as a text of its words. */
function prefix(words: Uint16Array, bits: number): string {
  let key = '';
  for (let i = 0; i * 16 < bits; i++) {
    const covered = Math.min(16, bits - i * 16);
    key += String.fromCharCode(words[i] & ((0xffff << (16 - covered)) & 0xffff));
  }
  return key;
}
