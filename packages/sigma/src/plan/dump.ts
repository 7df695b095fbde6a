/** The passes of the plan as text, one line a node, so that a change of the plan shows in a diff. */
import type { Rule } from '../ast.ts';
import { AtomTable, testKey } from './atoms.ts';
import { type Formula, ruleFormula } from './formula.ts';
import { groupByField, type Logic, PredicateTable } from './logic.ts';
import { atomsIn } from './predicate-check.ts';
import { tabulate, type ViewRules } from './view-rules.ts';
import { predicatePrice, type ViewLogic } from './witness.ts';

/** The formula, the logic and the witnesses of rules planned together, each seen under its own log source. */
export function dumpPlan(rules: readonly Rule[]): string {
  const atoms = new AtomTable();
  const table = new PredicateTable();
  const formulas = rules.map((rule) => ruleFormula(rule, atoms));
  const logics = formulas.map((formula) => groupByField(formula, table));
  const popularity = new Int32Array(atoms.atoms.length);
  for (const { formula } of table.predicates) for (const atom of new Set(atomsIn(formula, []))) popularity[atom]++;
  const price = Float64Array.from(table.predicates, ({ formula }) =>
    predicatePrice(formula, (atom) => popularity[atom]),
  );
  const view = tabulate(
    rules.map((rule, index) => ({ bound: { rule, offer: rule.logsource }, logic: logics[index] })),
    price,
  );
  const lines: string[] = [`slots: ${[...view.fields, '(keywords)'].join(', ')}`];
  for (const [index, rule] of rules.entries()) {
    lines.push('', `rule: ${rule.title}`, 'formula:', ...formulaLines(formulas[index], 1));
    lines.push('logic:', ...logicLines(logics[index], 1));
    lines.push('called up by:', ...witnessLines(view, index));
  }
  return `${lines.join('\n')}\n`;
}

function formulaLines(formula: Formula, depth: number): string[] {
  const indent = '  '.repeat(depth);
  switch (formula.kind) {
    case 'constant':
      return [indent + formula.value];
    case 'open':
      return [`${indent}open ${formula.fields.join(', ')}`];
    case 'atom': {
      const { field, test } = formula.atom;
      return [`${indent}${formula.negated ? 'not ' : ''}${field ?? '(keyword)'} ${testKey(test)}`];
    }
    case 'all':
    case 'any':
      return [indent + formula.kind, ...formula.of.flatMap((part) => formulaLines(part, depth + 1))];
  }
}

function logicLines(logic: Logic, depth: number): string[] {
  const indent = '  '.repeat(depth);
  switch (logic.kind) {
    case 'constant':
      return [indent + logic.value];
    case 'open':
      return [`${indent}open ${logic.fields.join(', ')}`];
    case 'leaf':
      return [
        `${indent}${logic.negated ? 'not ' : ''}${logic.predicate.field ?? '(keyword)'} #${logic.predicate.id}`,
        ...formulaLines(logic.predicate.formula, depth + 1),
      ];
    case 'all':
    case 'any':
      return [indent + logic.kind, ...logic.of.flatMap((part) => logicLines(part, depth + 1))];
  }
}

function witnessLines(view: ViewRules, rule: number): string[] {
  if (view.standing.includes(rule)) return ['  nothing: always looked at'];
  const leaves = leafNumbers(view.logic[rule]).filter((leaf) => view.calls[leaf].includes(rule));
  return leaves.map((leaf) => `  ${view.leaves[leaf].field ?? '(keyword)'} #${view.leaves[leaf].predicate.id}`);
}

function leafNumbers(logic: ViewLogic): number[] {
  if (logic.kind === 'leaf') return [logic.leaf];
  return logic.kind === 'all' || logic.kind === 'any' ? [...new Set(logic.of.flatMap(leafNumbers))] : [];
}
