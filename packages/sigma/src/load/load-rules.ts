import type { Correlation, Filter, Metadata, Refusal, Rule, RuleSet } from '../ast.ts';
import { quote } from '../errors.ts';
import { resolvePlaceholders } from '../modifiers/placeholders.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { runPipelines } from '../pipeline/run-pipelines.ts';
import { applyFilters } from './apply-filters.ts';
import type { Draft, DraftCorrelation, DraftFilter, DraftRule } from './draft.ts';
import { freezeLogSource } from './logsource.ts';
import { lower } from './lower.ts';
import { readSource, toRefusal } from './read-source.ts';
import { resolveReferences } from './resolve-references.ts';

/** A rule file: its name, for messages and ids, and its text. */
export interface RuleSource {
  readonly file: string;
  readonly text: string;
}

export interface LoadOptions {
  /** pipelines to run on every rule, in order of their priority */
  readonly pipelines?: readonly Pipeline[];
  /** values of `%name%` placeholders, as Sigma strings (wildcards apply); pipelines come first */
  readonly placeholders?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Loads rule files whole: documents are read, filters joined to their rules, pipelines run, placeholders filled, and
 * references of correlations resolved to ids. Never throws for what a file holds: every document is in `rules`,
 * `correlations`, `filters` or `refused`, the last with code, reason, mend and place.
 *
 * Two documents with the same id both load, with a warning; a correlation that refers to that id is refused.
 */
export function loadRules(sources: readonly RuleSource[], options: LoadOptions = {}): RuleSet {
  const { pipelines = [], placeholders = {} } = options;
  const refused: Refusal[] = [];
  const warnings: Refusal[] = [];
  const drafts: Draft[] = [];
  const refusedNames = new Set<string>();
  for (const { file, text } of sources) {
    const read = readSource(file, text, pipelines.length > 0, warnings);
    for (const draft of read.drafts) drafts.push(draft);
    for (const one of read.refused) refused.push(one);
    for (const name of read.refusedNames) refusedNames.add(name);
  }
  const rules = drafts.filter((draft) => draft.kind === 'rule');
  const filterDrafts = drafts.filter((draft) => draft.kind === 'filter');
  applyFilters(rules, filterDrafts);

  const correlationDrafts = drafts.filter((draft) => draft.kind === 'correlation');
  const attempt = <D extends Draft, T>(draft: D, finish: (draft: D) => T): T[] => {
    try {
      return [finish(draft)];
    } catch (error) {
      refused.push(toRefusal(error, draft.context));
      const meta = draft.kind === 'correlation' ? draft.correlation : draft.meta;
      refusedNames.add(meta.id);
      if (meta.name !== undefined) refusedNames.add(meta.name);
      return [];
    }
  };
  const finish = (draft: DraftRule): Rule => {
    runPipelines(draft, pipelines);
    return freezeRule(draft, placeholders);
  };
  const loaded: Rule[] = rules.flatMap((draft) => attempt(draft, finish));
  const filters: Filter[] = filterDrafts.flatMap((draft) => attempt(draft, (one) => freezeFilter(one, placeholders)));
  const mapped = correlationDrafts.flatMap((draft) =>
    attempt(draft, (one): DraftCorrelation => {
      runPipelines(one, pipelines);
      return one;
    }),
  );
  const resolved = resolveReferences(loaded, mapped, refusedNames);
  refused.push(...resolved.refused);
  warnDuplicates([...loaded, ...resolved.correlations], drafts, warnings);
  return Object.freeze({
    rules: Object.freeze(loaded),
    correlations: Object.freeze(resolved.correlations as readonly Correlation[]),
    filters: Object.freeze(filters),
    refused: Object.freeze(refused),
    warnings: Object.freeze(warnings),
  });
}

type Placeholders = Readonly<Record<string, readonly string[]>>;

function freezeRule(draft: DraftRule, placeholders: Placeholders): Rule {
  const logsource = freezeLogSource(draft.logsource);
  const selections = lowerAll(draft, placeholders);
  return Object.freeze({ ...draft.meta, kind: 'rule', logsource, selections, condition: draft.condition });
}

function freezeFilter(draft: DraftFilter, placeholders: Placeholders): Filter {
  return Object.freeze({
    ...draft.meta,
    kind: 'filter',
    logsource: freezeLogSource(draft.logsource),
    rules: Object.freeze((draft.rules ?? []).map(({ text }) => text)),
    selections: lowerAll(draft, placeholders),
    condition: draft.condition,
  });
}

function lowerAll(draft: DraftRule | DraftFilter, placeholders: Placeholders): Rule['selections'] {
  const selections = new Map<string, ReturnType<typeof lower>>();
  for (const [name, node] of draft.selections) {
    resolvePlaceholders(node, (key) => (Object.hasOwn(placeholders, key) ? placeholders[key] : undefined));
    selections.set(name, lower(node, draft.context));
  }
  return selections;
}

/** Says which documents share an id or a name; the first one keeps quiet. */
function warnDuplicates(documents: readonly Metadata[], drafts: readonly Draft[], warnings: Refusal[]): void {
  const contexts = new Map(
    drafts.map((draft) => [draft.kind === 'correlation' ? draft.correlation.span : draft.meta.span, draft.context]),
  );
  for (const key of ['id', 'name'] as const) {
    const seen = new Map<string, Metadata>();
    for (const document of documents) {
      const value = document[key];
      if (value === undefined) continue;
      const first = seen.get(value);
      if (first === undefined) {
        seen.set(value, document);
        continue;
      }
      const context = contexts.get(document.span);
      const code = key === 'id' ? 'id-duplicate' : 'name-duplicate';
      const message = `the ${key} ${quote(value)} is also that of ${first.file}:${first.span.line}; both rules run`;
      if (context === undefined) continue;
      warnings.push(
        context.source.issue('warning', code, context.at, message, `give this one its own ${key}`, context.rule),
      );
    }
  }
}
