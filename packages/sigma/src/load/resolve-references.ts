import type { Correlation, Metadata, Refusal, TemporalCondition } from '../ast.ts';
import { type Code, quote, suggestion } from '../errors.ts';
import type { DraftCorrelation, Reference } from './draft.ts';

/**
 * Resolves what correlations refer to. Every id or name becomes the id of the one rule or correlation it fits; what
 * fits none, several, a refused document or a circle refuses the correlation, and then those that refer to it.
 */
export function resolveReferences(
  rules: readonly Metadata[],
  drafts: readonly DraftCorrelation[],
  refusedNames: ReadonlySet<string>,
): { correlations: Correlation[]; refused: Refusal[] } {
  const refused: Refusal[] = [];
  const index = indexOf([...rules, ...drafts.map((draft) => draft.correlation)]);
  const gone = new Set(refusedNames);
  const targets = new Map<DraftCorrelation, Map<string, string>>();

  const drop = (draft: DraftCorrelation, code: Code, at: number, message: string, mend: string): void => {
    const { source, rule } = draft.context;
    refused.push(source.issue('error', code, at, message, mend, rule));
    gone.add(draft.correlation.id);
    if (draft.correlation.name !== undefined) gone.add(draft.correlation.name);
    targets.delete(draft);
  };

  for (const draft of drafts) {
    const ids = new Map<string, string>();
    const fault = draft.references
      .map((reference) => find(reference, index, gone, ids))
      .find((one) => one !== undefined);
    if (fault === undefined) targets.set(draft, ids);
    else drop(draft, fault.code, fault.at, fault.message, fault.mend);
  }
  dropCircles(targets, drop);
  dropDependants(targets, gone, drop);
  return { correlations: [...targets].map(([draft, ids]) => resolved(draft.correlation, ids)), refused };
}

type Drop = (draft: DraftCorrelation, code: Code, at: number, message: string, mend: string) => void;

function indexOf(documents: readonly Metadata[]): Map<string, Metadata[]> {
  const index = new Map<string, Metadata[]>();
  const add = (key: string, document: Metadata) => {
    const found = index.get(key);
    if (found === undefined) index.set(key, [document]);
    else if (!found.includes(document)) found.push(document);
  };
  for (const document of documents) {
    add(document.id, document);
    if (document.name !== undefined) add(document.name, document);
  }
  return index;
}

interface Fault {
  readonly code: Code;
  readonly at: number;
  readonly message: string;
  readonly mend: string;
}

function find(
  reference: Reference,
  index: ReadonlyMap<string, readonly Metadata[]>,
  gone: ReadonlySet<string>,
  ids: Map<string, string>,
): Fault | undefined {
  const { text, at } = reference;
  const found = index.get(text) ?? [];
  if (found.length === 1 && index.get(found[0].id)?.length === 1) {
    ids.set(text, found[0].id);
    return undefined;
  }
  if (found.length > 0) {
    const clash = found.length > 1 ? found : index.get(found[0].id)!;
    const places = clash
      .slice(0, 3)
      .map((one) => `${one.file}:${one.span.line}`)
      .join(', ');
    const message = `${quote(text)} fits ${clash.length} documents: ${places}`;
    return { code: 'reference-ambiguous', at, message, mend: 'give each of them its own id and name' };
  }
  if (gone.has(text)) {
    const message = `the rule ${quote(text)} was itself refused, so this correlation can never fire`;
    return { code: 'reference-refused', at, message, mend: 'mend that rule first' };
  }
  const mend = `load its file too, or check the id or name.${suggestion(text, index.keys())}`;
  return { code: 'reference-missing', at, message: `no rule with the id or name ${quote(text)} was loaded`, mend };
}

/** Refuses every correlation that lies on a circle. */
function dropCircles(targets: ReadonlyMap<DraftCorrelation, ReadonlyMap<string, string>>, drop: Drop): void {
  const byId = new Map([...targets.keys()].map((draft) => [draft.correlation.id, draft]));
  const next = new Map(
    [...targets].map(([draft, ids]) => [draft, [...new Set(ids.values())].flatMap((id) => byId.get(id) ?? [])]),
  );
  for (const draft of [...targets.keys()].filter((one) => reachesItself(one, next))) {
    const message = 'this correlation refers to itself, directly or through others, so it can never fire';
    drop(draft, 'reference-cycle', draft.references[0]?.at ?? draft.context.at, message, 'take it out of the circle');
  }
}

function reachesItself(
  start: DraftCorrelation,
  next: ReadonlyMap<DraftCorrelation, readonly DraftCorrelation[]>,
): boolean {
  const seen = new Set<DraftCorrelation>();
  const open = [...(next.get(start) ?? [])];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (one === start) return true;
    if (seen.has(one)) continue;
    seen.add(one);
    open.push(...(next.get(one) ?? []));
  }
  return false;
}

/** Refuses, until nothing changes, what refers to something refused. */
function dropDependants(
  targets: ReadonlyMap<DraftCorrelation, ReadonlyMap<string, string>>,
  gone: ReadonlySet<string>,
  drop: Drop,
): void {
  const alive = new Set([...targets.keys()].map((draft) => draft.correlation.id));
  const wasCorrelation = (id: string) => gone.has(id) && !alive.has(id);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [draft, ids] of [...targets]) {
      const reference = draft.references.find(({ text }) => wasCorrelation(ids.get(text) ?? text));
      if (reference === undefined) continue;
      const message = `the correlation ${quote(reference.text)} was itself refused, so this one can never fire`;
      drop(draft, 'reference-refused', reference.at, message, 'mend that correlation first');
      alive.delete(draft.correlation.id);
      changed = true;
    }
  }
}

function resolved(correlation: Correlation, ids: ReadonlyMap<string, string>): Correlation {
  const id = (text: string): string => ids.get(text) ?? text;
  const temporal = (condition: TemporalCondition): TemporalCondition => {
    if (condition.kind === 'rule') return Object.freeze({ kind: 'rule', ref: id(condition.ref) });
    if (condition.kind === 'not') return Object.freeze({ kind: 'not', of: temporal(condition.of) });
    return Object.freeze({ kind: condition.kind, of: Object.freeze(condition.of.map(temporal)) });
  };
  const aliases = [...correlation.aliases].map(([alias, fields]): [string, ReadonlyMap<string, string>] => [
    alias,
    new Map([...fields].map(([rule, field]) => [id(rule), field])),
  ]);
  return Object.freeze({
    ...correlation,
    rules: Object.freeze(correlation.rules.map(id)),
    ...(correlation.temporal === undefined ? {} : { temporal: temporal(correlation.temporal) }),
    aliases: new Map(aliases),
  });
}
