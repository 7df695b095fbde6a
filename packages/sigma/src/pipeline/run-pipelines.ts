import type { DraftCorrelation, DraftRule } from '../load/draft.ts';
import type { Pipeline, PipelineItem, Run } from './pipeline.ts';

/**
 * Runs pipelines over a draft, lowest priority first, as one: state, variables and the record of what was applied go
 * from one to the next.
 * @throws Refused where a pipeline refuses the rule
 */
export function runPipelines(rule: DraftRule | DraftCorrelation, pipelines: readonly Pipeline[]): void {
  if (pipelines.length === 0) return;
  const ordered = pipelines.toSorted((a, b) => a.priority - b.priority);
  const run: Run = {
    rule,
    vars: Object.assign(Object.create(null), ...ordered.map((pipeline) => pipeline.vars)),
    state: new Map(),
    applied: new Set(),
    fieldApplied: new Map(),
    mapped: new Set(),
  };
  for (const pipeline of ordered) applyItems(run, pipeline.items);
}

/** Applies items in order to the rule of a run. */
export function applyItems(run: Run, items: readonly PipelineItem[]): void {
  for (const item of items) {
    if (!item.appliesTo(run)) continue;
    item.transform(run, item);
    run.applied.add(item.id);
  }
}
