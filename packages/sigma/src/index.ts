export type * from './ast.ts';
export {
  type Correlator,
  type CorrelatorInput,
  type CorrelatorOptions,
  createCorrelator,
} from './correlation/correlator.ts';
export type { Contribution, CorrelationMatch, CorrelatorStats } from './correlation/match.ts';
export { CODES, type Code } from './errors.ts';
export { evaluate } from './evaluate/evaluate.ts';
export { matchTest } from './evaluate/match-test.ts';
export { type EventAccess, lookup, objectAccess } from './event.ts';
export { explain } from './explain/explain.ts';
export type * from './explain/explanation.ts';
export { sentence } from './explain/sentence.ts';
export { fold } from './fold.ts';
export { type LintOptions, lint } from './lint/lint.ts';
export { loadDirectory, type Unread } from './load/load-directory.ts';
export { type LoadOptions, loadRules, type RuleSource } from './load/load-rules.ts';
export { numericValue } from './number.ts';
export { loadPipeline } from './pipeline/load-pipeline.ts';
export type { Pipeline } from './pipeline/pipeline.ts';
export { createPlan, type Plan, type PlanOptions, type PlanStats, type ViewStats } from './plan/index.ts';
export { renderRefusal } from './render-refusal.ts';
export { type CorrelationQuery, correlationToClickHouse } from './sql/correlation-sql.ts';
export { type SqlRow, sqlRow } from './sql/sql-row.ts';
export type { TableMapping } from './sql/table-mapping.ts';
export { type RuleQuery, toClickHouse } from './sql/to-clickhouse.ts';
export type * from './view.ts';
