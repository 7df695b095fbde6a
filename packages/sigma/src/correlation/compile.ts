import type { Correlation, Refusal, Rule, RuleSet } from '../ast.ts';
import { chooseAggregate } from './choose-aggregate.ts';
import type { LanePlan, Route } from './lane-plan.ts';
import { References } from './references.ts';
import { refusal } from './refusal.ts';

/** What of a rule's events the correlations need, and where it goes. */
export interface RulePlan {
  /** the rule's field names, aliases applied */
  readonly fields: readonly string[];
  /** whether a field names groups or counts as distinct: then its text is kept */
  readonly textual: readonly boolean[];
  /** whether a field is summed or ranked: then its number is kept */
  readonly numeric: readonly boolean[];
  readonly routes: readonly Route[];
}

export interface CorrelationPlan {
  /** inner correlations before those that refer to them */
  readonly lanes: readonly LanePlan[];
  /** routes from a lane's matches to other lanes */
  readonly outputs: readonly (readonly Route[])[];
  readonly rules: ReadonlyMap<Rule, RulePlan>;
  readonly refused: readonly Refusal[];
  /** rules and correlations that are referred to, and by no correlation with `generate` */
  readonly silenced: ReadonlySet<Rule | Correlation>;
}

/** Resolves references and aliases and decides how each correlation is run. */
export function compileCorrelations(set: RuleSet): CorrelationPlan {
  const references = new References(set);
  const refused: Refusal[] = [...references.refused];
  const silenced = silencedBy(references);
  const lanes: LanePlan[] = [];
  for (const correlation of references.order) {
    const sources = references.sources(correlation);
    const choice = chooseAggregate(correlation, references);
    if ('code' in choice) {
      refused.push(choice);
      continue;
    }
    const inner = sources.flatMap((source) => (source.kind === 'correlation' ? [source] : []));
    const innerLanes = inner.map((source) => lanes.find((lane) => lane.correlation === source));
    if (innerLanes.includes(undefined)) {
      const message = `it refers to \`${inner[innerLanes.indexOf(undefined)].title}\`, which was refused`;
      refused.push(refusal(correlation, 'reference-refused', message, 'Mend that correlation first.'));
      continue;
    }
    lanes.push({
      correlation,
      depth: 1 + Math.max(-1, ...innerLanes.map((lane) => lane!.depth)),
      sources,
      positionOf: references.positions(correlation),
      span: correlation.timespan,
      comparisons: choice.comparisons,
      decision: choice.decision,
      groupBy: correlation.groupBy,
      carried: [],
      tupleWidth: choice.tupleWidth,
      tupleOfPositions: choice.tupleOfPositions,
      numeric: choice.numeric,
      terms: choice.terms,
      reported: !silenced.has(correlation),
      aggregate: choice.make,
    });
  }
  return { lanes, ...routes(lanes), refused, silenced };
}

/** From the outermost inwards, so that what an outer one asks for is known when an inner one is wired. */
function routes(lanes: readonly LanePlan[]): Pick<CorrelationPlan, 'outputs' | 'rules'> {
  const rules = new Map<Rule, { fields: string[]; textual: boolean[]; numeric: boolean[]; routes: Route[] }>();
  const outputs: Route[][] = lanes.map(() => []);
  const laneOf = new Map(lanes.map((lane, index) => [lane.correlation, index]));
  for (let index = lanes.length - 1; index >= 0; index--) {
    const lane = lanes[index];
    for (const [position, source] of lane.sources.entries()) {
      const wire = (ask: (field: string, numeric: boolean) => number): Route => ({
        lane: index,
        source: position,
        values: Int32Array.from([...lane.groupBy, ...lane.carried], (name) => ask(fieldOf(lane, source, name), false)),
        tuple: Int32Array.from(lane.tupleOfPositions || lane.numeric ? [] : lane.correlation.fields, (name) =>
          lane.tupleWidth > 0 ? ask(fieldOf(lane, source, name), false) : -1,
        ),
        number: lane.numeric ? ask(fieldOf(lane, source, lane.correlation.fields[0]), true) : -1,
      });
      if (source.kind === 'correlation') {
        const from = laneOf.get(source)!;
        outputs[from].push(wire((field) => demand(lanes[from], field)));
        continue;
      }
      let rule = rules.get(source);
      if (rule === undefined) {
        rule = { fields: [], textual: [], numeric: [], routes: [] };
        rules.set(source, rule);
      }
      const plan = rule;
      rule.routes.push(
        wire((field, numeric) => {
          let at = plan.fields.indexOf(field);
          if (at < 0) at = plan.fields.push(field) - 1;
          plan.textual[at] ||= !numeric;
          plan.numeric[at] ||= numeric;
          return at;
        }),
      );
    }
  }
  return { outputs, rules };
}

/** Where an outer correlation finds a field in an inner one's values: its own grouping, or carried along. */
function demand(lane: LanePlan, field: string): number {
  const grouped = lane.groupBy.indexOf(field);
  if (grouped >= 0) return grouped;
  let carried = lane.carried.indexOf(field);
  if (carried < 0) carried = lane.carried.push(field) - 1;
  return lane.groupBy.length + carried;
}

/** The field behind a name: what an alias says for this source, else the name itself. */
export function fieldOf(lane: LanePlan, source: Rule | Correlation, name: string): string {
  const alias = lane.correlation.aliases.get(name);
  return alias?.get(source.id) ?? (source.name === undefined ? undefined : alias?.get(source.name)) ?? name;
}

function silencedBy(references: References): Set<Rule | Correlation> {
  const silenced = new Set<Rule | Correlation>();
  const kept = new Set<Rule | Correlation>();
  for (const correlation of references.order) {
    // "any rule" is about all of them and takes none away
    if (correlation.anyRule) continue;
    for (const source of references.sources(correlation)) (correlation.generate ? kept : silenced).add(source);
  }
  for (const source of kept) silenced.delete(source);
  return silenced;
}
