import { refuse } from '../errors.ts';
import { entry, mapOf, scalars } from './attributes.ts';
import type { Context } from './context.ts';
import type { DraftFilter, Reference } from './draft.ts';
import { readLogSource } from './logsource.ts';
import { readMetadata } from './metadata.ts';
import { readCondition, readSelections } from './read-rule.ts';
import type { YamlMap } from './yaml.ts';

/** Reads a document with `filter`. Filters have no level of their own, so none is missed. */
export function readFilter(map: YamlMap, context: Context, index: number): DraftFilter {
  const leveled = entry(map, 'level') === undefined ? withLevel(map) : map;
  const meta = readMetadata(leveled, context, index);
  const logsource = readLogSource(map, context);
  const filter = mapOf(entry(map, 'filter')!);
  const rules = readRules(filter, context);
  const selections = readSelections(filter, context, RESERVED);
  const condition = readCondition(filter, selections, context);
  if (condition.kind === 'selection') {
    context.warn(
      'filter-inclusion',
      entry(filter, 'condition')!.value.at,
      'this filter keeps the events that it describes and drops all others: the condition is joined to the rule by `and`',
      `write \`condition: not ${condition.name}\` to leave them out`,
    );
  }
  return { kind: 'filter', meta, logsource, rules, selections, condition, context };
}

const RESERVED = new Set(['condition', 'rules']);

function withLevel(map: YamlMap): YamlMap {
  const value = {
    kind: 'scalar',
    at: map.at,
    value: 'informational',
    text: 'informational',
    textAt: -1,
    size: 1,
  } as const;
  return { ...map, entries: [...map.entries, { key: 'level', at: map.at, value }] };
}

/** `any` or an empty list is every rule of the log source; absent is an error, as in pySigma. */
function readRules(filter: YamlMap, context: Context): readonly Reference[] | undefined {
  const found = entry(filter, 'rules');
  if (found === undefined) {
    const mend = 'add `rules:` with ids or names, or `rules: any`';
    refuse('filter-rules', filter.at ?? context.at, 'the filter does not say which rules it applies to', mend);
  }
  const references = scalars(found, 'an id or name, a list of them, or `any`').map(({ text, at }) => ({ text, at }));
  if (references.length === 0) return undefined;
  return references.length === 1 && references[0].text.toLowerCase() === 'any' ? undefined : references;
}
