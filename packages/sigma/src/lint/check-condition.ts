import { matchNames } from '../condition/parse.ts';
import { quote } from '../errors.ts';
import { entry } from '../load/attributes.ts';
import type { LintDocument } from './check.ts';

/** Selections that nothing uses, and `of` where there is nothing to choose from. */
export function checkCondition({ map, kind, report }: LintDocument): void {
  const body = entry(map, kind === 'filter' ? 'filter' : 'detection')?.value;
  if (body?.kind !== 'map') return;
  const selections = body.entries.filter(({ key }) => key !== 'condition' && key !== 'timeframe' && key !== 'rules');
  const names = selections.map(({ key }) => key);
  const condition = entry(body, 'condition')?.value;
  const conditions = condition?.kind === 'list' ? condition.items : condition === undefined ? [] : [condition];
  const used = new Set<string>();
  for (const node of conditions) {
    if (node.kind !== 'scalar') continue;
    for (const [, pattern] of node.text.matchAll(/\bof\s+([\p{L}\p{N}_*.-]+)/giu)) {
      for (const name of matchNames(pattern, names)) used.add(name);
    }
    for (const [word] of node.text.matchAll(/[\p{L}\p{N}_*.-]+/gu)) used.add(word);
    if (/\bof\s+them\b/.test(node.text) && matchNames('them', names).length === 1) {
      report('of-single', node.at, '`of them` has one selection to choose from', `write ${quote(names[0])}`);
    }
  }
  for (const { key, at } of selections) {
    if (used.has(key) || key.startsWith('_')) continue;
    report('selection-unused', at, `the condition doesn't use the selection ${quote(key)}`, 'use it, or remove it');
  }
}
