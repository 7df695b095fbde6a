/**
 * Second pass: everything in a formula that one field decides becomes one *predicate* of that field, so a rule with
 * thirty command lines and twenty images is an `all` of two. What a value means to the rules is then the short list of
 * predicates it makes true, and equal predicates of different rules are one.
 *
 * A predicate is false where no atom holds; one that would be true there (`not CommandLine *"x"*`) is turned round and
 * its leaf negated. So the empty list is what an uninteresting value amounts to, whatever the rules.
 *
 *     all(Image *"\cmd.exe", any(CommandLine *"a"*, CommandLine *"b"*), not User null)
 *   → all(Image{*"\cmd.exe"}, CommandLine{any(*"a"*, *"b"*)}, not User{null})
 *
 * Keywords are tried on every value of an event, and one predicate must be decidable value by value: only an `any` of
 * keywords is grouped, since "some value has a or b" is "some value has a, or some value has b"; an `all` isn't.
 */
import { combine, type Formula } from './formula.ts';

export interface Predicate {
  readonly id: number;
  readonly field: string | null;
  /** over atoms of this field only; false where none of them holds */
  readonly formula: Formula;
}

export type Logic =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'leaf'; readonly predicate: Predicate; readonly negated: boolean }
  | { readonly kind: 'open'; readonly fields: readonly string[] }
  | { readonly kind: 'all'; readonly of: readonly Logic[] }
  | { readonly kind: 'any'; readonly of: readonly Logic[] };

/** All predicates of a plan; equal ones are one. */
export class PredicateTable {
  readonly predicates: Predicate[] = [];
  readonly #known = new Map<string, Predicate>();

  intern(field: string | null, formula: Formula): Predicate {
    const key = formulaKey(formula);
    let predicate = this.#known.get(key);
    if (predicate === undefined) {
      predicate = { id: this.predicates.length, field, formula };
      this.predicates.push(predicate);
      this.#known.set(key, predicate);
    }
    return predicate;
  }
}

/** Groups a formula by field. */
export function groupByField(formula: Formula, table: PredicateTable): Logic {
  switch (formula.kind) {
    case 'constant':
    case 'open':
      return formula;
    case 'atom':
      return leaf(formula.atom.field, formula, table);
    case 'all':
    case 'any':
      return groupParts(formula.kind, formula.of, table);
  }
}

function groupParts(kind: 'all' | 'any', parts: readonly Formula[], table: PredicateTable): Logic {
  const byField = new Map<string, Formula[]>();
  const keywords: Formula[] = [];
  const others: Logic[] = [];
  for (const part of parts) {
    const field = soleField(part);
    if (field === undefined) others.push(groupByField(part, table));
    else if (field !== null) append(byField, field, part);
    else if (part.kind === 'atom' && part.negated === (kind === 'all')) keywords.push(part);
    else others.push(groupByField(part, table));
  }
  for (const [field, ofField] of byField) others.push(leaf(field, combine(kind, ofField), table));
  if (keywords.length > 0) others.push(leaf(null, combine(kind, keywords), table));
  return others.length === 1 ? others[0] : { kind, of: others };
}

/** The one field that decides the formula; undefined where there are several or it is open. */
function soleField(formula: Formula): string | null | undefined {
  if (formula.kind === 'atom') return formula.atom.field;
  if (formula.kind !== 'all' && formula.kind !== 'any') return undefined;
  const first = soleField(formula.of[0]);
  if (first === undefined) return undefined;
  for (let i = 1; i < formula.of.length; i++) if (soleField(formula.of[i]) !== first) return undefined;
  return first;
}

function leaf(field: string | null, formula: Formula, table: PredicateTable): Logic {
  const negated = holdsOfNothing(formula);
  return { kind: 'leaf', predicate: table.intern(field, negated ? complement(formula) : formula), negated };
}

/** Whether the formula is true where no atom holds. */
function holdsOfNothing(formula: Formula): boolean {
  switch (formula.kind) {
    case 'constant':
      return formula.value;
    case 'atom':
      return formula.negated;
    case 'open':
      return false;
    case 'all':
      return formula.of.every(holdsOfNothing);
    case 'any':
      return formula.of.some(holdsOfNothing);
  }
}

function complement(formula: Formula): Formula {
  switch (formula.kind) {
    case 'constant':
      return { kind: 'constant', value: !formula.value };
    case 'atom':
      return { kind: 'atom', atom: formula.atom, negated: !formula.negated };
    case 'open':
      return formula;
    case 'all':
    case 'any':
      return { kind: formula.kind === 'all' ? 'any' : 'all', of: formula.of.map(complement) };
  }
}

/** Equal for formulas that differ only in the order of their parts. */
function formulaKey(formula: Formula): string {
  switch (formula.kind) {
    case 'constant':
    case 'open':
      return formula.kind;
    case 'atom':
      return (formula.negated ? '!' : '') + formula.atom.id;
    case 'all':
    case 'any':
      return `${formula.kind === 'all' ? '&' : '|'}(${formula.of.map(formulaKey).sort().join(' ')})`;
  }
}

function append(map: Map<string, Formula[]>, key: string, value: Formula): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
