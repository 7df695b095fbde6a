import type { LogSource } from '../ast.ts';
import { refuse } from '../errors.ts';
import { entry, mapOf, text } from './attributes.ts';
import type { Context } from './context.ts';
import type { YamlMap } from './yaml.ts';

export interface DraftLogSource {
  product?: string;
  category?: string;
  service?: string;
  /** what else the rule's log source states, for pipelines */
  custom: Record<string, string>;
  readonly at: number;
}

/** Reads a log source, in lower case as routing compares it. */
export function readLogSource(map: YamlMap, context: Context): DraftLogSource {
  const found = entry(map, 'logsource');
  if (found === undefined) {
    const mend = 'add `logsource:` with a product, category or service';
    refuse('logsource-missing', context.at, 'the document has no log source, so it could meet any event', mend);
  }
  const source = mapOf(found);
  const draft: DraftLogSource = { custom: Object.create(null), at: found.at };
  for (const key of ['product', 'category', 'service'] as const) {
    const value = text(source, key)?.trim().toLowerCase();
    if (value !== undefined && value !== '') draft[key] = value;
  }
  for (const { key, value } of source.entries) {
    if (!(key in draft) && value.kind === 'scalar' && key !== 'definition') draft.custom[key] = value.text;
  }
  return draft;
}

/** A log source that states none of the three would offer the rule to every event, so it is refused. */
export function freezeLogSource(draft: DraftLogSource): LogSource {
  const { product, category, service } = draft;
  if (!product && !category && !service) {
    refuse('logsource-empty', draft.at, 'the log source states nothing', 'state a product, category or service');
  }
  return Object.freeze({
    ...(product ? { product } : {}),
    ...(category ? { category } : {}),
    ...(service ? { service } : {}),
  });
}
