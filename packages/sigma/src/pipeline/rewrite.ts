import type { Condition } from '../ast.ts';
import { refuse } from '../errors.ts';
import type { DraftRule } from '../load/draft.ts';
import type { DraftItem, DraftNode } from '../modifiers/value.ts';
import type { PipelineItem, Run } from './pipeline.ts';

/** What becomes of an item: another node, nothing (null), or itself (undefined: not touched). */
export type Replacement = DraftNode | null | undefined;

/** Offers every detection item that a pipeline item selects, and puts what comes back in its place. */
export function rewriteItems(run: Run, item: PipelineItem, change: (one: DraftItem) => Replacement): void {
  const { rule } = run;
  if (rule.kind !== 'rule') return;
  for (const [name, selection] of [...rule.selections]) {
    const rewritten = rewrite(selection, run, item, change);
    if (rewritten === null) dropSelection(rule, name);
    else rule.selections.set(name, rewritten);
  }
}

function rewrite(
  node: DraftNode,
  run: Run,
  item: PipelineItem,
  change: (one: DraftItem) => Replacement,
): DraftNode | null {
  if (node.kind === 'group') {
    const of = node.of.flatMap((one) => rewrite(one, run, item, change) ?? []);
    if (of.length === 0) return null;
    node.of = of;
    return node;
  }
  if (!item.selects(node, run)) return node;
  const result = change(node);
  if (result === undefined) return node;
  if (result !== null) markApplied(result, item.id);
  return result;
}

function markApplied(node: DraftNode, id: string): void {
  if (node.kind === 'group') {
    for (const one of node.of) markApplied(one, id);
    return;
  }
  node.applied ??= new Set();
  node.applied.add(id);
}

/** Takes a selection out of a rule, and out of its condition as if it had never stood there. */
function dropSelection(rule: DraftRule, name: string): void {
  rule.selections.delete(name);
  const condition = without(rule.condition, name);
  if (condition === undefined) {
    const message = 'the pipelines dropped everything that the condition asks for';
    refuse('pipeline-failure', rule.context.at, message, 'give `drop_detection_item` narrower conditions');
  }
  rule.condition = condition;
}

function without(condition: Condition, name: string): Condition | undefined {
  switch (condition.kind) {
    case 'selection':
      return condition.name === name ? undefined : condition;
    case 'of': {
      const names = condition.names.filter((one) => one !== name);
      return names.length === 0 ? undefined : Object.freeze({ ...condition, names: Object.freeze(names) });
    }
    case 'not': {
      const of = without(condition.of, name);
      return of === undefined ? undefined : Object.freeze({ kind: 'not', of });
    }
    case 'and':
    case 'or': {
      const of = condition.of.flatMap((one) => without(one, name) ?? []);
      if (of.length < 2) return of[0];
      return Object.freeze({ kind: condition.kind, of: Object.freeze(of) });
    }
  }
}
