import type { DraftCorrelation, DraftRule } from '../load/draft.ts';
import type { Pipeline } from './pipeline.ts';

/** Runs pipelines over a draft. */
export function runPipelines(_draft: DraftRule | DraftCorrelation, _pipelines: readonly Pipeline[]): void {}
