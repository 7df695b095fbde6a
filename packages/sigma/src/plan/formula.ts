/**
 * First pass: a rule becomes one formula over atoms. Selections are put in where the condition names them, `not` is
 * pushed down to the atoms (De Morgan), nested `all` in `all` and `any` in `any` are flattened, constants are folded.
 *
 *     selection: {Image|endswith: \cmd.exe, CommandLine|contains: [a, b]}    filter: {User: null}
 *     condition: selection and not filter
 *   → all(Image *"\cmd.exe", any(CommandLine *"a"*, CommandLine *"b"*), not User null)
 */
import type { Condition, Node, Rule, Test } from '../ast.ts';
import type { Atom, AtomTable, ValueTest } from './atoms.ts';

export type Formula =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'atom'; readonly atom: Atom; readonly negated: boolean }
  /** a test that no single value decides: the event itself is asked */
  | { readonly kind: 'open'; readonly fields: readonly string[] }
  | { readonly kind: 'all'; readonly of: readonly Formula[] }
  | { readonly kind: 'any'; readonly of: readonly Formula[] };

export const TRUE: Formula = { kind: 'constant', value: true };
export const FALSE: Formula = { kind: 'constant', value: false };

/** The formula of a rule. A selection that isn't there never holds, as in the plain evaluator. */
export function ruleFormula(rule: Rule, atoms: AtomTable): Formula {
  return conditionFormula(rule.condition, rule, atoms, false);
}

function conditionFormula(condition: Condition, rule: Rule, atoms: AtomTable, negated: boolean): Formula {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return combine(
        (condition.kind === 'and') !== negated ? 'all' : 'any',
        condition.of.map((part) => conditionFormula(part, rule, atoms, negated)),
      );
    case 'not':
      return conditionFormula(condition.of, rule, atoms, !negated);
    case 'selection':
      return selectionFormula(condition.name, rule, atoms, negated);
    case 'of':
      return combine(
        (condition.quantity === 'all') !== negated ? 'all' : 'any',
        condition.names.map((name) => selectionFormula(name, rule, atoms, negated)),
      );
  }
}

function selectionFormula(name: string, rule: Rule, atoms: AtomTable, negated: boolean): Formula {
  const selection = rule.selections.get(name);
  if (selection === undefined) return negated ? TRUE : FALSE;
  return nodeFormula(selection, atoms, negated);
}

function nodeFormula(node: Node, atoms: AtomTable, negated: boolean): Formula {
  switch (node.kind) {
    case 'all':
    case 'any':
      return combine(
        (node.kind === 'all') !== negated ? 'all' : 'any',
        node.of.map((part) => nodeFormula(part, atoms, negated)),
      );
    case 'not':
      return nodeFormula(node.of, atoms, !negated);
    case 'item':
      return itemFormula(node.field, node.test, atoms, negated);
  }
}

function itemFormula(field: string | null, test: Test, atoms: AtomTable, negated: boolean): Formula {
  if (test.kind === 'fieldref') return { kind: 'open', fields: field === null ? [test.field] : [field, test.field] };
  if (test.kind === 'timepart') return { kind: 'open', fields: field === null ? [] : [field] };
  // Being there is what nearly every value is, so the atom is the contrary: it holds of what is absent or null.
  if (test.kind === 'exists' && field !== null) {
    return { kind: 'atom', atom: atoms.intern(field, NULL), negated: test.present !== negated };
  }
  // A keyword is tried on the values that are there.
  if (field === null && (test.kind === 'null' || (test.kind === 'exists' && !test.present)))
    return negated ? TRUE : FALSE;
  return { kind: 'atom', atom: atoms.intern(field, test), negated };
}

const NULL: ValueTest = Object.freeze({ kind: 'null' });

/** `all` or `any` of the parts, flattened, without repetitions of an atom and without constants. */
export function combine(kind: 'all' | 'any', parts: readonly Formula[]): Formula {
  const flat: Formula[] = [];
  const seen = new Set<number>();
  const decisive = kind === 'any';
  for (const part of parts) {
    for (const inner of part.kind === kind ? part.of : [part]) {
      if (inner.kind === 'constant') {
        if (inner.value === decisive) return decisive ? TRUE : FALSE;
      } else if (inner.kind === 'atom') {
        const key = inner.atom.id * 2 + (inner.negated ? 1 : 0);
        if (seen.has(key)) continue;
        seen.add(key);
        flat.push(inner);
      } else flat.push(inner);
    }
  }
  if (flat.length === 0) return decisive ? FALSE : TRUE;
  return flat.length === 1 ? flat[0] : { kind, of: flat };
}
