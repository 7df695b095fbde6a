/** Compares the rows that a rule's SQL selects with the events for which the evaluator holds. */
import type { Rule } from '../src/ast.ts';
import { evaluate } from '../src/evaluate/evaluate.ts';
import { objectAccess } from '../src/event.ts';
import { toClickHouse } from '../src/sql/to-clickhouse.ts';
import type { EventTable, StoredEvent } from './event-table.ts';
import { TABLE } from './event-table.ts';

export interface Disagreement {
  readonly rule: Rule;
  /** positions of events that only the evaluator, or only the SQL, finds */
  readonly onlyEvaluator: readonly number[];
  readonly onlySql: readonly number[];
}

export interface Agreement {
  readonly compared: number;
  /** (rule, event) pairs that match */
  readonly matches: number;
  readonly refused: number;
  readonly disagreements: readonly Disagreement[];
}

/** Rules in one query: a thousand at once would make ClickHouse plan longer than it reads. */
const BATCH = 100;

/** Every rule is asked of every event, whatever its log source; the events must be all that the table holds. */
export async function compareSql(
  table: EventTable,
  rules: readonly Rule[],
  events: readonly StoredEvent[],
  progress: (done: number) => void = () => {},
): Promise<Agreement> {
  const access = events.map((event) => objectAccess(event.fields, event.raw));
  const disagreements: Disagreement[] = [];
  let matches = 0;
  let refused = 0;
  for (let from = 0; from < rules.length; from += BATCH) {
    const batch = rules.slice(from, from + BATCH);
    const queries = batch.map((rule) => toClickHouse(rule, TABLE));
    const found = await table.select(queries.map((query) => ('where' in query ? query.where : '0')));
    for (const [i, rule] of batch.entries()) {
      if (!('where' in queries[i])) {
        refused++;
        continue;
      }
      const expected = new Set<number>();
      for (let id = 0; id < access.length; id++) if (evaluate(rule, access[id])) expected.add(id);
      matches += expected.size;
      const onlySql = found[i].filter((id) => !expected.has(id));
      for (const id of found[i]) expected.delete(id);
      if (onlySql.length + expected.size > 0) disagreements.push({ rule, onlyEvaluator: [...expected], onlySql });
    }
    progress(Math.min(rules.length, from + BATCH));
  }
  return { compared: rules.length - refused, matches, refused, disagreements };
}
