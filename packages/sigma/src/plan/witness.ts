/**
 * Third pass: what a rule can't do without. A *witness* is a set of leaves of which at least one has to hold for the
 * rule to hold; the rule isn't looked at before one of them does. Of an `all`, any part's witness will do, so the
 * rarest is taken; an `any` needs the witnesses of all its parts. A part that can hold when nothing does (a `not`, an
 * open test) has none.
 *
 *     all(Image{any(*"\powershell.exe", *"\pwsh.exe")}, CommandLine{*"-enc"*}, not User{null})
 *   → CommandLine{*"-enc"*}: hundreds of rules ask for PowerShell, few for this
 */
import type { ValueTest } from './atoms.ts';
import type { Formula } from './formula.ts';

/** A rule's logic with its leaves numbered by the view. */
export type ViewLogic =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'leaf'; readonly leaf: number; readonly negated: boolean }
  | { readonly kind: 'open'; readonly fields: readonly string[] }
  | { readonly kind: 'all'; readonly of: readonly ViewLogic[] }
  | { readonly kind: 'any'; readonly of: readonly ViewLogic[] };

/**
 * The cheapest witness; undefined where there is none and the rule has to be looked at always.
 * @param price of a leaf: how often it may be expected to hold, in any unit
 */
export function witness(logic: ViewLogic, price: (leaf: number) => number): readonly number[] | undefined {
  switch (logic.kind) {
    case 'constant':
      return logic.value ? undefined : [];
    case 'open':
      return undefined;
    case 'leaf':
      return logic.negated ? undefined : [logic.leaf];
    case 'all': {
      let best: readonly number[] | undefined;
      let bestPrice = Number.POSITIVE_INFINITY;
      for (const part of logic.of) {
        const found = witness(part, price);
        if (found === undefined) continue;
        const total = found.reduce((sum, leaf) => sum + price(leaf), 0);
        if (total < bestPrice) {
          best = found;
          bestPrice = total;
        }
      }
      return best;
    }
    case 'any': {
      const all: number[] = [];
      for (const part of logic.of) {
        const found = witness(part, price);
        if (found === undefined) return undefined;
        all.push(...found);
      }
      return all;
    }
  }
}

/**
 * How often a predicate may be expected to hold: what many rules ask for is common, and so is what is short.
 * @param popularity of an atom: how many predicates it occurs in
 */
export function predicatePrice(formula: Formula, popularity: (atom: number) => number): number {
  switch (formula.kind) {
    case 'constant':
    case 'open':
      return UNSELECTIVE;
    case 'atom':
      return formula.negated ? UNSELECTIVE : popularity(formula.atom.id) * testPrice(formula.atom.test);
    case 'all': {
      let least = UNSELECTIVE;
      for (const part of formula.of) least = Math.min(least, predicatePrice(part, popularity));
      return least;
    }
    case 'any': {
      let sum = 0;
      for (const part of formula.of) sum += predicatePrice(part, popularity);
      return sum;
    }
  }
}

/** More than any list of literals costs. */
const UNSELECTIVE = 100_000;

function testPrice(test: ValueTest): number {
  switch (test.kind) {
    case 'pattern': {
      let length = 0;
      for (const part of test.parts) if (part.kind === 'text') length = Math.max(length, part.text.length);
      return length === 0 ? UNSELECTIVE : length <= 2 ? 32 : length === 3 ? 8 : length === 4 ? 4 : length <= 6 ? 2 : 1;
    }
    case 'number':
    case 'cidr':
    case 'regex':
      return 4;
    case 'boolean':
      return 32;
    case 'compare':
    case 'null':
      return 64;
    case 'exists':
      return UNSELECTIVE;
  }
}
