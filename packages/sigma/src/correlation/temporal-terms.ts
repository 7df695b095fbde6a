import type { TemporalCondition } from '../ast.ts';

/** One way in which a boolean condition over rules can hold: all of these have occurred, none of those. */
export interface Term {
  readonly occurred: readonly number[];
  readonly absent: readonly number[];
}

/** A condition that multiplies out into more terms than this is refused: each group carries a bit for each. */
export const MOST_TERMS = 31;

/**
 * The condition as an OR of terms (disjunctive normal form), each rule named by its position in the list; undefined
 * where there would be more than `MOST_TERMS`. A term that asks for a rule's presence and absence can't hold and is
 * left out; so is one that another, weaker one covers.
 */
export function temporalTerms(
  condition: TemporalCondition,
  positionOf: (ref: string) => number,
): readonly Term[] | undefined {
  const terms = expand(condition, positionOf, false);
  if (terms === undefined) return undefined;
  const possible = terms.filter((term) => !term.occurred.some((rule) => term.absent.includes(rule)));
  return possible.filter(
    (term, index) =>
      !possible.some((other, at) => at !== index && covers(other, term) && (at < index || !covers(term, other))),
  );
}

function expand(node: TemporalCondition, positionOf: (ref: string) => number, negated: boolean): Term[] | undefined {
  if (node.kind === 'not') return expand(node.of, positionOf, !negated);
  if (node.kind === 'rule') {
    const rule = positionOf(node.ref);
    return [negated ? { occurred: [], absent: [rule] } : { occurred: [rule], absent: [] }];
  }
  // De Morgan: a negated OR is an AND of negations
  const conjunction = (node.kind === 'and') !== negated;
  let terms: Term[] = conjunction ? [{ occurred: [], absent: [] }] : [];
  for (const part of node.of) {
    const more = expand(part, positionOf, negated);
    if (more === undefined) return undefined;
    terms = conjunction ? terms.flatMap((a) => more.map((b) => both(a, b))) : [...terms, ...more];
    if (terms.length > MOST_TERMS) return undefined;
  }
  return terms;
}

function both(a: Term, b: Term): Term {
  const union = (x: readonly number[], y: readonly number[]) => [...new Set([...x, ...y])].sort((m, n) => m - n);
  return { occurred: union(a.occurred, b.occurred), absent: union(a.absent, b.absent) };
}

/** Whether `other` holds whenever `term` does. */
function covers(other: Term, term: Term): boolean {
  return (
    other.occurred.every((rule) => term.occurred.includes(rule)) &&
    other.absent.every((rule) => term.absent.includes(rule))
  );
}
