/**
 * A correlation as one SELECT. The windows, hits and runs are those of `correlator.ts`, said with window functions over
 * the rows that the rules select: first the events (time, position of the rule, group, value), then the value of each
 * window, then the hits, then hits not further apart than a timespan numbered as runs.
 */
import type { Correlation, Refusal, Rule, RuleSet } from '../ast.ts';
import type { Terms } from '../correlation/aggregates/terms.ts';
import { compileCorrelations, fieldOf } from '../correlation/compile.ts';
import { Interner, LARGEST } from '../correlation/interner.ts';
import type { LanePlan } from '../correlation/lane-plan.ts';
import { refusal } from '../correlation/refusal.ts';
import { fullyFolded } from './folding.ts';
import { sqlIdentifier, sqlNumber, sqlString, Untranslatable } from './literal.ts';
import { joined } from './rule-sql.ts';
import type { TableMapping } from './table-mapping.ts';
import { branches, tableSql } from './to-clickhouse.ts';

/** A correlation as SQL. */
export interface CorrelationQuery {
  readonly kind: 'query';
  /**
   * A whole statement: one row a run, with the group-by values as `group` (a tuple of strings, in lower case), `fired`
   * and `end` (microseconds) and `value`, as `CorrelationMatch` has them.
   */
  readonly select: string;
}

const COMPARE = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '=', neq: '!=' } as const;

/**
 * Translates a correlation of a rule set to ClickHouse SQL.
 * @returns a refusal for a correlation that can't run, that refers to other correlations, or whose rules SQL can't say
 */
export function correlationToClickHouse(
  set: RuleSet,
  correlation: Correlation,
  mapping: TableMapping,
): CorrelationQuery | Refusal {
  if (mapping.columns.time === undefined) throw new TypeError('a correlation needs a time column');
  const { lanes, refused } = compileCorrelations(set);
  const lane = lanes.find((one) => one.correlation === correlation);
  if (lane === undefined) {
    const known = refused.find((one) => one.file === correlation.file && one.line === correlation.span.line);
    return (
      known ?? refusal(correlation, 'reference-missing', 'it is not part of the rule set', 'Load it with its rules.')
    );
  }
  if (lane.depth > 0) {
    const mend = 'Run it with `createCorrelator`.';
    return refusal(correlation, 'sql-chain', 'it refers to other correlations, which SQL is not told about', mend);
  }
  try {
    return { kind: 'query', select: runs(lane, hits(lane, events(lane, mapping))) };
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    return refusal(correlation, error.code, error.message, error.mend);
  }
}

/** The events: time `t`, position `p`, group `g`, value `v`. */
function events(lane: LanePlan, mapping: TableMapping): string {
  const time = sqlIdentifier(mapping.columns.time!);
  const selects = lane.sources.flatMap((source, index) => {
    const before: string[] = [];
    return branches(source as Rule, mapping).map(({ condition, names }) => {
      // a row that two sets of names fit is one event
      const once = before.length === 0 ? condition : `${condition} AND NOT ${joined('OR', before)}`;
      before.push(condition);
      const column = (name: string) => {
        const field = fieldOf(lane, source, name);
        return sqlString(Object.hasOwn(names, field) ? names[field] : field);
      };
      const fields = sqlIdentifier(mapping.columns.fields);
      const present: string[] = [];
      const text = (name: string) => {
        const values = `${fields}[${column(name)}]`;
        present.push(`notEmpty(${values})`);
        return fullyFolded(`arrayStringConcat(${values}, ', ')`);
      };
      const group = lane.groupBy.map(text);
      let value = '0';
      if (lane.numeric) {
        const number = `${sqlIdentifier(mapping.columns.numbers)}[${column(lane.correlation.fields[0])}]`;
        const one = `length(${fields}[${column(lane.correlation.fields[0])}]) = 1 AND length(${number}) = 1`;
        present.push(`${one} AND abs(${number}[1]) <= ${sqlNumber(LARGEST)}`);
        value = `${number}[1]`;
      } else if (lane.tupleWidth > 0 && !lane.tupleOfPositions) {
        value = `tuple(${lane.correlation.fields.map(text).join(', ')})`;
      }
      const where = joined('AND', [once, ...present]);
      const position = lane.positionOf[index];
      return `SELECT ${time} AS t, ${position} AS p, tuple(${group.length > 0 ? group.join(', ') : "''"}) AS g, ${value} AS v FROM ${tableSql(mapping)} WHERE ${where}`;
    });
  });
  // no kind of event that the table holds is meant
  if (selects.length === 0) return `SELECT 0 AS t, 0 AS p, tuple('') AS g, 0 AS v WHERE 0`;
  return selects.join('\nUNION ALL ');
}

/** The hits: when (`at`), the latest event behind it (`last`), the value, and the events of the group until then (`n`). */
function hits(lane: LanePlan, from: string): string {
  const span = lane.span;
  const over = (frame: string) => `OVER (PARTITION BY g ORDER BY t RANGE BETWEEN ${frame})`;
  const until = over('UNBOUNDED PRECEDING AND CURRENT ROW');
  const before = over(`${span} PRECEDING AND CURRENT ROW`);
  const after = over(`CURRENT ROW AND ${span} FOLLOWING`);
  if (lane.terms || lane.correlation.type === 'temporal_ordered') return sequenceHits(lane, from, before, until, over);
  const holds = lane.comparisons.map(({ op, value }) => `value ${COMPARE[op]} ${sqlNumber(value)}`).join(' AND ');
  if (lane.decision === 'prompt') {
    return `SELECT DISTINCT g, t AS at, t AS last, value, n FROM (
SELECT g, t, toFloat64(${aggregate(lane)} ${before}) AS value, count() ${until} AS n FROM (${from})) WHERE ${holds}`;
  }
  const earlier = over('UNBOUNDED PRECEDING AND 1 PRECEDING');
  return `SELECT DISTINCT g, t + ${span} AS at, last, value, n FROM (
SELECT g, t, toFloat64(${aggregate(lane)} ${after}) AS value, max(t) ${after} AS last, count() ${until} AS n,
  max(t) ${earlier} AS previous, count() ${earlier} AS previously FROM (${from}))
WHERE (previously = 0 OR last > previous + ${span}) AND ${holds}`;
}

function aggregate(lane: LanePlan): string {
  switch (lane.correlation.type) {
    case 'event_count':
      return 'count()';
    case 'value_count':
      return 'uniqExact(v)';
    case 'value_sum':
      return 'sum(v)';
    case 'value_avg':
      return 'avg(v)';
    case 'value_median':
      return 'quantileExactInclusive(0.5)(v)';
    case 'value_percentile':
      return `quantileExactInclusive(${lane.correlation.percentile / 100})(v)`;
    default:
      return 'uniqExact(p)';
  }
}

type Over = (frame: string) => string;

/** Presence and order of rules: a column for the latest start of each chain, then conditions on what is in the window. */
function sequenceHits(lane: LanePlan, from: string, before: string, until: string, over: Over): string {
  const { span } = lane;
  const terms = lane.terms
    ? (lane.aggregate(new Interner()) as Terms).terms
    : [{ occurred: lane.correlation.rules.map((_, index) => index), absent: [] }];
  const ordered = lane.correlation.type === 'temporal_ordered';
  const negated = lane.decision === 'negated';
  const around = over(`${span} PRECEDING AND ${span} FOLLOWING`);
  const columns: string[] = [];
  const conditions: string[] = [];
  let rows = from;
  for (const [index, { occurred, absent }] of terms.entries()) {
    const parts: string[] = [];
    if (ordered) {
      const start = `s${index}`;
      rows = `SELECT *, if(p = ${occurred[0]}, toNullable(t), NULL) AS ${start} FROM (${rows})`;
      for (const [step, position] of occurred.slice(1).entries()) {
        // the latest start of a chain that had come to the step before
        const latest = `max(if(p = ${occurred[step]}, ${start}, NULL)) ${until}`;
        rows = `SELECT * EXCEPT (${start}, c), if(p = ${position}, c, ${start}) AS ${start} FROM (SELECT *, ${latest} AS c FROM (${rows}))`;
      }
      columns.push(`max(if(p = ${occurred[occurred.length - 1]}, ${start}, NULL)) ${until} AS chain${index}`);
      parts.push(`ifNull(chain${index} >= t - ${span}, 0)`);
    } else {
      for (const position of occurred) {
        columns.push(`countIf(p = ${position}) ${before} AS has${index}_${position}`);
        parts.push(`has${index}_${position} > 0`);
      }
    }
    for (const position of absent) {
      columns.push(`countIf(p = ${position}) ${around} AS no${index}_${position}`);
      parts.push(`no${index}_${position} = 0`);
    }
    if (negated) parts.push(`p IN (${occurred.join(', ')})`);
    conditions.push(joined('AND', parts));
  }
  const at = negated ? `t + ${span}` : 't';
  return `SELECT DISTINCT g, ${at} AS at, t AS last, 1. AS value, n FROM (
SELECT g, t, p, ${columns.join(', ')}, count() ${until} AS n FROM (${rows})) WHERE ${joined('OR', conditions)}`;
}

/** Hits at most a timespan apart are one run. */
function runs(lane: LanePlan, from: string): string {
  const { comparisons, correlation, decision, span } = lane;
  let value = 'argMin(value, at)';
  if (comparisons.some(({ op }) => op === 'gt' || op === 'gte')) value = 'max(value)';
  else if (comparisons.some(({ op }) => op === 'lt' || op === 'lte')) value = 'min(value)';
  // all events of the run: those of the first window, and those that came since
  if (correlation.type === 'event_count' && decision === 'prompt') value = 'argMin(value, at) + max(n) - min(n)';
  return `SELECT g AS group, min(at) AS fired, max(last) AS end, ${value} AS value FROM (
SELECT *, sum(begins) OVER (PARTITION BY g ORDER BY at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS run FROM (
SELECT *, row_number() OVER w = 1 OR at - lagInFrame(at) OVER w > ${span} AS begins FROM (
${from})
WINDOW w AS (PARTITION BY g ORDER BY at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)))
GROUP BY g, run ORDER BY fired, group`;
}
