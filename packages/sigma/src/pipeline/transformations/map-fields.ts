import { quote, refuse } from '../../errors.ts';
import { addWildcards } from '../../modifiers/sigma-string.ts';
import type { DraftItem, DraftNode, Value } from '../../modifiers/value.ts';
import type { Parameters } from '../parameters.ts';
import type { PipelineItem, Run, Transform } from '../pipeline.ts';
import { rewriteItems } from '../rewrite.ts';

/** New names of a field (`null`: keywords); undefined leaves it alone. */
type Renaming = (field: string | null) => readonly string[] | undefined;

/** Renames fields wherever they stand: in detection items, in field references, in lists of fields, in correlations. */
function mapFields(rename: Renaming): Transform {
  return (run, item) => {
    rewriteItems(run, item, (one) => mapItem(one, rename, run, item));
    const { rule } = run;
    if (rule.kind === 'rule') {
      rule.meta = { ...rule.meta, fields: mapNames(rule.meta.fields, rename, run, item) };
      return;
    }
    const { correlation } = rule;
    const single = (field: string): string => {
      const names = mapNames([field], rename, run, item);
      if (names.length === 1) return names[0];
      const message = `the field ${quote(field)} of a correlation is mapped to ${names.length} fields; it needs one`;
      refuse('pipeline-failure', rule.context.at, message, 'map it to one field, or use aliases');
    };
    const aliases = new Map(
      [...correlation.aliases].map(([alias, fields]) => [
        alias,
        new Map([...fields].map(([ref, field]) => [ref, single(field)])),
      ]),
    );
    rule.correlation = {
      ...correlation,
      fields: correlation.fields.map((field) => (aliases.has(field) ? field : single(field))),
      groupBy: correlation.groupBy.flatMap((field) =>
        aliases.has(field) ? [field] : mapNames([field], rename, run, item),
      ),
      aliases,
    };
  };
}

function mapNames(fields: readonly string[], rename: Renaming, run: Run, item: PipelineItem): string[] {
  return fields.flatMap((field) => {
    const names = item.selectsField(field, run) ? rename(field) : undefined;
    if (names === undefined) return [field];
    track(run, item, field, names);
    return names;
  });
}

function track(run: Run, item: PipelineItem, field: string | null, names: readonly string[]): void {
  if (field !== null) run.mapped.add(field);
  for (const name of names) {
    run.mapped.add(name);
    const ids = run.fieldApplied.get(name) ?? new Set(run.fieldApplied.get(field ?? ''));
    run.fieldApplied.set(name, ids.add(item.id));
  }
}

function mapItem(one: DraftItem, rename: Renaming, run: Run, item: PipelineItem): DraftNode | undefined {
  let touched = false;
  const values = one.values.flatMap((value): Value[] => {
    if (value.kind !== 'fieldref' || !item.selectsField(value.field, run)) return [value];
    const names = rename(value.field);
    if (names === undefined) return [value];
    touched = true;
    track(run, item, value.field, names);
    return names.map((field) => ({ ...value, field }));
  });
  if (touched) one.values = values;
  const names = item.selectsField(one.field, run) ? rename(one.field) : undefined;
  if (names === undefined || (one.field === null && names.length === 0)) return touched ? one : undefined;
  track(run, item, one.field, names);
  // a keyword stands anywhere, and so it must in the field that it is mapped to
  if (one.field === null) one.values = one.values.map(openEdges);
  if (names.length === 1) {
    one.field = names[0];
    return one;
  }
  if (names.length === 0) return undefined;
  // "not in either field" is "not in this one and not in that one"
  const of = names.map((field): DraftItem => ({ ...one, field, applied: new Set(one.applied) }));
  return { kind: 'group', linking: one.negated ? 'all' : 'any', of, at: one.at };
}

function openEdges(value: Value): Value {
  if (value.kind === 'expansion') return { ...value, of: value.of.map(openEdges) };
  return value.kind === 'string' ? { ...value, parts: addWildcards(value.parts, true, true) } : value;
}

export function fieldNameMapping(parameters: Parameters): Transform {
  const mapping = parameters.mapping('mapping');
  return mapFields((field) => mapping.get(field));
}

export function fieldNamePrefixMapping(parameters: Parameters): Transform {
  const mapping = [...parameters.mapping('mapping')];
  return mapFields((field) => {
    if (field === null) return undefined;
    const found = mapping.find(([prefix]) => prefix !== null && field.startsWith(prefix));
    return found?.[1].map((name) => name + field.slice(found[0]!.length));
  });
}

export function fieldNamePrefix(parameters: Parameters): Transform {
  const prefix = parameters.text('prefix');
  return mapFields((field) => (field === null ? undefined : [prefix + field]));
}

export function fieldNameSuffix(parameters: Parameters): Transform {
  const suffix = parameters.text('suffix');
  return mapFields((field) => (field === null ? undefined : [field + suffix]));
}

/** Functions that a file can name; pySigma takes any Python function, which only its programs can give. */
const FUNCTIONS: Readonly<Record<string, (field: string) => string>> = {
  lower: (field) => field.toLowerCase(),
  upper: (field) => field.toUpperCase(),
  snake_case: snakeCase,
};

export function fieldNameTransform(parameters: Parameters): Transform {
  const transform = FUNCTIONS[parameters.word('transform_func', Object.keys(FUNCTIONS))];
  const mapping: Map<string | null, string[]> = parameters.has('mapping') ? parameters.mapping('mapping') : new Map();
  return mapFields((field) => mapping.get(field) ?? (field === null ? undefined : [transform(field)]));
}

/** `CommandLine` → `command_line`, `TargetUserSID` → `target_user_sid` */
export function snakeCase(text: string): string {
  return text
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1_$2')
    .replace(/[\s-]+/g, '_')
    .toLowerCase();
}
