export type * from './ast.ts';
export { evaluate } from './evaluate/evaluate.ts';
export { matchTest } from './evaluate/match-test.ts';
export { type EventAccess, lookup, objectAccess } from './event.ts';
export { fold } from './fold.ts';
export { loadDirectory, type Unread } from './load/load-directory.ts';
export { type LoadOptions, loadRules, type RuleSource } from './load/load-rules.ts';
export type { Pipeline } from './pipeline/pipeline.ts';
export type * from './view.ts';
