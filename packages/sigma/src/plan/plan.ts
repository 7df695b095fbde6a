import type { Rule } from '../ast.ts';
import type { Offer, View } from '../view.ts';
import { type Atom, AtomTable } from './atoms.ts';
import { FieldProgram } from './field-program.ts';
import { type Formula, ruleFormula } from './formula.ts';
import { applies, offersKey, sourceKey } from './log-source.ts';
import { groupByField, type Logic, type Predicate, PredicateTable } from './logic.ts';
import { atomsIn } from './predicate-check.ts';
import { RuleView, type ViewStats } from './rule-view.ts';
import { MemoryBudget } from './value-memory.ts';
import { type Applying, sourceField, tabulate, type ViewRules } from './view-rules.ts';
import { predicatePrice } from './witness.ts';

export interface PlanOptions {
  /** remember what strings have meant (default). Without it every value is walked: for measuring */
  readonly memory?: boolean;
  /** states a view may make before it starts anew (default 65,536) */
  readonly maxStates?: number;
  /** strings remembered in all (default 262,144, and at most 64 times as many characters) */
  readonly maxRemembered?: number;
}

/** All rules, broken into what they share. Made by `createPlan`. */
export interface Plan {
  readonly rules: readonly Rule[];
  /**
   * The plan seen from events with these offers. Views are made when first asked for and kept: equal offers give the
   * same view. An event under no log source has an empty list.
   */
  view(offers: readonly Offer[]): View;
  stats(): PlanStats;
}

/** Figures of a plan: what it is made of, and what it has done. */
export interface PlanStats {
  readonly rules: number;
  readonly atoms: number;
  readonly predicates: number;
  readonly fields: number;
  /** fields whose automata have been built */
  readonly built: number;
  /** values that were walked and not answered from memory */
  readonly walked: number;
  readonly remembered: number;
  readonly flushes: number;
  readonly views: readonly ViewStats[];
}

const DEFAULT_STATES = 1 << 16;
const DEFAULT_REMEMBERED = 1 << 18;

/**
 * Makes one plan for all rules.
 * @example
 * const plan = createPlan(rules);
 * const view = plan.view([{ product: 'windows', category: 'process_creation' }]);
 * for (const { rule } of view.match(objectAccess(event))) console.log(rule.title);
 */
export function createPlan(rules: readonly Rule[], options: PlanOptions = {}): Plan {
  return new RulePlan(rules, options);
}

class RulePlan implements Plan {
  readonly rules: readonly Rule[];
  readonly #logic: readonly Logic[];
  readonly #atoms = new AtomTable();
  readonly #predicates = new PredicateTable();
  readonly #price: Float64Array;
  /** how often a formula over one field may be expected to hold */
  readonly #cost: (formula: Formula) => number;
  readonly #programs: Map<string, FieldProgram>;
  readonly #keywordPrograms = new Map<string, FieldProgram>();
  /** the budget, unless nothing is to be remembered */
  readonly #remembering: MemoryBudget | undefined;
  readonly #budget: MemoryBudget;
  readonly #maxStates: number;
  readonly #bySource = new Map<string, number[]>();
  readonly #views = new Map<string, RuleView>();
  readonly #viewOf = new WeakMap<readonly Offer[], RuleView>();

  constructor(rules: readonly Rule[], options: PlanOptions) {
    this.rules = rules;
    this.#maxStates = options.maxStates ?? DEFAULT_STATES;
    this.#budget = new MemoryBudget(options.maxRemembered ?? DEFAULT_REMEMBERED);
    this.#logic = rules.map((rule) => groupByField(ruleFormula(rule, this.#atoms), this.#predicates));
    for (const [index, rule] of rules.entries()) {
      const key = sourceKey(rule.logsource);
      const same = this.#bySource.get(key);
      if (same === undefined) this.#bySource.set(key, [index]);
      else same.push(index);
    }
    const { predicates } = this.#predicates;
    const popularity = new Int32Array(this.#atoms.atoms.length);
    for (const { formula } of predicates) for (const atom of new Set(atomsIn(formula, []))) popularity[atom]++;
    this.#cost = (formula: Formula) => predicatePrice(formula, (atom) => popularity[atom]);
    this.#price = Float64Array.from(predicates, ({ formula }) => this.#cost(formula));
    this.#remembering = options.memory === false ? undefined : this.#budget;
    this.#programs = programs(this.#atoms.atoms, predicates, this.#cost, this.#remembering);
  }

  view(offers: readonly Offer[]): View {
    let view = this.#viewOf.get(offers);
    if (view !== undefined) return view;
    const key = offersKey(offers);
    view = this.#views.get(key);
    if (view === undefined) {
      const tables = tabulate(this.#applying(offers), this.#price);
      const keywords = this.#keywordProgram(tables);
      const program = (field: string | null) => (field === null ? keywords : this.#programs.get(field))!;
      view = new RuleView(offers, tables, program, this.#maxStates);
      this.#views.set(key, view);
    }
    this.#viewOf.set(offers, view);
    return view;
  }

  /** The rules that some offer fits, in the order of the plan; once for each way in which their fields are named. */
  #applying(offers: readonly Offer[]): Applying[] {
    const fitting = new Map<number, Offer[]>();
    for (const offer of offers) {
      for (const indices of this.#bySource.values()) {
        if (!applies(this.rules[indices[0]].logsource, offer)) continue;
        for (const index of indices) {
          const known = fitting.get(index);
          if (known === undefined) fitting.set(index, [offer]);
          else if (!known.some((other) => this.#readsAlike(index, other, offer))) known.push(offer);
        }
      }
    }
    const applying: Applying[] = [];
    for (const [index, under] of [...fitting].sort(([a], [b]) => a - b)) {
      for (const offer of under) {
        applying.push({ bound: Object.freeze({ rule: this.rules[index], offer }), logic: this.#logic[index] });
      }
    }
    return applying;
  }

  /**
   * The program for the keywords of one view. Keywords are looked for in every value of an event, so what a view doesn't ask
   * for costs more here than in a field that few values belong to; views that ask for the same share the program.
   */
  #keywordProgram(tables: ViewRules): FieldProgram | undefined {
    const asked = tables.leaves.flatMap(({ predicate, field }) => (field === null ? [predicate] : []));
    if (asked.length === 0) return undefined;
    const key = asked
      .map(({ id }) => id)
      .sort((a, b) => a - b)
      .join();
    let program = this.#keywordPrograms.get(key);
    if (program === undefined) {
      const used = new Set(asked.flatMap(({ formula }) => atomsIn(formula, [])));
      const atoms = this.#atoms.atoms.filter((atom) => used.has(atom.id));
      program = new FieldProgram(null, atoms, asked, this.#cost, this.#remembering);
      this.#keywordPrograms.set(key, program);
    }
    return program;
  }

  /** Whether a rule reads the same fields of the source under both offers. */
  #readsAlike(index: number, a: Offer, b: Offer): boolean {
    return fieldsIn(this.#logic[index], []).every((field) => sourceField(a, field) === sourceField(b, field));
  }

  stats(): PlanStats {
    let built = 0;
    let walked = 0;
    for (const program of [...this.#programs.values(), ...this.#keywordPrograms.values()]) {
      if (program.built) built++;
      walked += program.walked;
    }
    return {
      rules: this.rules.length,
      atoms: this.#atoms.atoms.length,
      predicates: this.#predicates.predicates.length,
      fields: this.#programs.size,
      built,
      walked,
      remembered: this.#budget.strings,
      flushes: this.#budget.flushes,
      views: [...this.#views.values()].map((view) => view.stats()),
    };
  }
}

function programs(
  atoms: readonly Atom[],
  predicates: readonly Predicate[],
  price: (formula: Formula) => number,
  budget: MemoryBudget | undefined,
): Map<string, FieldProgram> {
  const atomsOf = Map.groupBy(atoms, (atom) => atom.field);
  const predicatesOf = Map.groupBy(predicates, (predicate) => predicate.field);
  const all = new Map<string, FieldProgram>();
  for (const [field, ofField] of predicatesOf) {
    if (field !== null) all.set(field, new FieldProgram(field, atomsOf.get(field) ?? [], ofField, price, budget));
  }
  return all;
}

function fieldsIn(logic: Logic, into: string[]): string[] {
  if (logic.kind === 'leaf' && logic.predicate.field !== null) into.push(logic.predicate.field);
  else if (logic.kind === 'open') into.push(...logic.fields);
  else if (logic.kind === 'all' || logic.kind === 'any') for (const part of logic.of) fieldsIn(part, into);
  return into;
}
