import type { DraftNode } from './value.ts';

/** A copy that a pipeline may change; values are never changed in place and stay shared. */
export function cloneDraft(draft: DraftNode): DraftNode {
  if (draft.kind === 'group') return { ...draft, of: draft.of.map(cloneDraft) };
  return { ...draft, ...(draft.applied === undefined ? {} : { applied: new Set(draft.applied) }) };
}
