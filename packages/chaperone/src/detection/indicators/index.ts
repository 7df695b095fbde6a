export { describeHit, type SaidHit } from './hit.ts';
export type {
  Indicator,
  IndicatorProblem,
  IndicatorProblemCode,
  IndicatorType,
  LoadedIndicators,
} from './indicator.ts';
export { loadIndicators } from './load.ts';
export { loadIndicatorFile } from './load-file.ts';
export { createIndicatorMatcher, type IndicatorMatcher } from './matcher.ts';
export { packIndicators } from './pack.ts';
export { readIndicatorFiles } from './read-files.ts';
export type { PackedIndicators } from './store.ts';
