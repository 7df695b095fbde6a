import type { Condition } from '../ast.ts';
import { cloneDraft } from '../modifiers/clone.ts';
import type { DraftFilter, DraftRule } from './draft.ts';

/**
 * Joins filters to the rules that they apply to: where the rule's log source has all that the filter's states, and the
 * filter names the rule or any. As pySigma does it, the filter's condition is joined by `and` as written, so one that
 * leaves events out says `not selection`.
 */
export function applyFilters(rules: readonly DraftRule[], filters: readonly DraftFilter[]): void {
  for (const [index, filter] of filters.entries()) {
    let applied = 0;
    for (const rule of rules) {
      if (!appliesTo(filter, rule)) continue;
      join(rule, filter, `_filter${index + 1}_`);
      applied++;
    }
    if (applied > 0) continue;
    const named = filter.rules?.map(({ text }) => `\`${text}\``).join(', ');
    filter.context.warn(
      'filter-unused',
      filter.rules?.[0]?.at ?? filter.context.at,
      `the filter applies to no rule that was loaded${named === undefined ? '' : ` (it names ${named})`}`,
      'check the ids and names, and that the log source states no more than the rules do',
    );
  }
}

function appliesTo(filter: DraftFilter, rule: DraftRule): boolean {
  for (const key of ['product', 'category', 'service'] as const) {
    const wanted = filter.logsource[key];
    if (wanted !== undefined && wanted !== rule.logsource[key]) return false;
  }
  for (const [key, wanted] of Object.entries(filter.logsource.custom)) {
    if (rule.logsource.custom[key] !== wanted) return false;
  }
  return (
    filter.rules === undefined || filter.rules.some(({ text }) => text === rule.meta.id || text === rule.meta.name)
  );
}

function join(rule: DraftRule, filter: DraftFilter, prefix: string): void {
  for (const [name, selection] of filter.selections) rule.selections.set(prefix + name, cloneDraft(selection));
  const of = Object.freeze([rule.condition, renamed(filter.condition, prefix)]);
  rule.condition = Object.freeze({ kind: 'and', of });
}

function renamed(condition: Condition, prefix: string): Condition {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return Object.freeze({ ...condition, of: Object.freeze(condition.of.map((one) => renamed(one, prefix))) });
    case 'not':
      return Object.freeze({ kind: 'not', of: renamed(condition.of, prefix) });
    case 'selection':
      return Object.freeze({ kind: 'selection', name: prefix + condition.name });
    case 'of':
      return Object.freeze({ ...condition, names: Object.freeze(condition.names.map((name) => prefix + name)) });
  }
}
