import type { Correlation, CorrelationOp, CorrelationType, TemporalCondition } from '../ast.ts';
import { parseTemporal } from '../condition/temporal.ts';
import { quote, refuse, suggestion } from '../errors.ts';
import { entry, mapOf, scalars, text, texts, wrongType } from './attributes.ts';
import type { Context } from './context.ts';
import type { DraftCorrelation, Reference } from './draft.ts';
import { readMetadata } from './metadata.ts';
import type { YamlEntry, YamlMap, YamlScalar } from './yaml.ts';

const TYPES: readonly CorrelationType[] = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
];
const OPS: readonly CorrelationOp[] = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'];

/** Microseconds of each unit; a month and a year are those of pySigma (the mean of the Gregorian calendar). */
const UNITS: Readonly<Record<string, number>> = {
  s: 1e6,
  m: 60e6,
  h: 3600e6,
  d: 86_400e6,
  w: 604_800e6,
  M: 2_629_746e6,
  y: 31_556_952e6,
};

/** Reads a document with `correlation`. References stay as written; `resolve` turns them into ids. */
export function readCorrelation(map: YamlMap, context: Context, index: number): DraftCorrelation {
  const meta = readMetadata(map, context, index);
  const body = mapOf(entry(map, 'correlation')!);
  const type = readType(body);
  const temporal = type === 'temporal' || type === 'temporal_ordered';
  const conditionEntry = entry(body, 'condition');
  const condition = readCondition(body, conditionEntry, type);
  const { anyRule, rules } = readRules(body, condition.references);
  if (condition.temporal !== undefined && !anyRule) checkMentions(rules, condition.references, conditionEntry!);
  if (temporal && rules.length === 1 && condition.temporal === undefined && !anyRule && condition.ops.length === 0) {
    const message = `${quote(type)} needs two rules or more; with one, every match of it would fire`;
    refuse('correlation-rules', entry(body, 'rules')!.at, message, 'name the other rules, or use `event_count`');
  }
  const aliases = readAliases(body);
  const correlation: Correlation = {
    ...meta,
    kind: 'correlation',
    type,
    rules: rules.map((rule) => rule.text),
    anyRule,
    groupBy: Object.freeze(texts(body, 'group-by')),
    timespan: readTimespan(body),
    condition: Object.freeze(condition.ops),
    fields: Object.freeze(condition.fields),
    percentile: condition.percentile,
    ...(condition.temporal === undefined ? {} : { temporal: condition.temporal }),
    aliases: aliases.map,
    generate: readGenerate(body),
  };
  return {
    kind: 'correlation',
    correlation,
    references: [...rules, ...condition.references, ...aliases.references],
    context,
  };
}

function readType(body: YamlMap): CorrelationType {
  const written = text(body, 'type');
  if (written === undefined) {
    refuse('correlation-type', body.at, 'the correlation has no type', `add \`type:\` with one of ${TYPES.join(', ')}`);
  }
  const type = TYPES.find((known) => known === written.toLowerCase());
  if (type !== undefined) return type;
  const mend = `use one of ${TYPES.join(', ')}.${suggestion(written, TYPES)}`;
  refuse('correlation-type', entry(body, 'type')?.value.at, `there is no correlation type ${quote(written)}`, mend);
}

function readRules(body: YamlMap, mentioned: readonly Reference[]): { anyRule: boolean; rules: readonly Reference[] } {
  const found = entry(body, 'rules');
  if (found === undefined) {
    if (mentioned.length > 0) return { anyRule: false, rules: unique(mentioned) };
    refuse('correlation-rules', body.at, 'the correlation names no rules', 'add `rules:` with ids or names of rules');
  }
  const rules = scalars(found, 'an id or name, a list of them, or `any`').map(({ text: written, at }) => ({
    text: written,
    at,
  }));
  if (rules.length === 0)
    refuse('correlation-rules', found.at, 'the list of rules is empty', 'add ids or names of rules');
  if (found.value.kind === 'scalar' && rules[0].text.toLowerCase() === 'any') return { anyRule: true, rules: [] };
  return { anyRule: false, rules };
}

function unique(references: readonly Reference[]): Reference[] {
  return references.filter((one, index) => references.findIndex((other) => other.text === one.text) === index);
}

/** The list of rules and the boolean condition must name the same rules. */
function checkMentions(rules: readonly Reference[], mentioned: readonly Reference[], condition: YamlEntry): void {
  const stray = mentioned.find((one) => !rules.some((rule) => rule.text === one.text));
  if (stray !== undefined) {
    const message = `the condition names ${quote(stray.text)}, which isn't among the rules`;
    refuse('correlation-condition', stray.at, message, 'add it to `rules`, or leave `rules` out');
  }
  const idle = rules.find((rule) => !mentioned.some((one) => one.text === rule.text));
  if (idle !== undefined) {
    const message = `the condition doesn't name the rule ${quote(idle.text)}`;
    refuse('correlation-condition', condition.value.at, message, 'name it in the condition, or remove it from `rules`');
  }
}

interface ReadCondition {
  ops: { op: CorrelationOp; value: number }[];
  fields: string[];
  percentile: number;
  temporal: TemporalCondition | undefined;
  references: readonly Reference[];
}

function readCondition(body: YamlMap, found: YamlEntry | undefined, type: CorrelationType): ReadCondition {
  const temporal = type === 'temporal' || type === 'temporal_ordered';
  const none: ReadCondition = { ops: [], fields: [], percentile: 50, temporal: undefined, references: [] };
  if (found === undefined) {
    if (temporal) return none;
    refuse(
      'correlation-condition',
      body.at,
      `${quote(type)} needs a condition`,
      'add, for example, `condition: {gte: 10}`',
    );
  }
  if (found.value.kind === 'scalar') {
    if (temporal) {
      const { condition, references } = parseTemporal(found.value as YamlScalar);
      return { ...none, temporal: condition, references };
    }
    const message = `only temporal correlations take a condition in words; ${quote(type)} counts`;
    refuse('correlation-condition', found.value.at, message, 'write a map such as `gte: 10`');
  }
  const map = mapOf(found);
  const read = { ...none };
  for (const item of map.entries) {
    const op = OPS.find((known) => known === item.key);
    if (op !== undefined) read.ops.push({ op, value: readNumber(item) });
    else if (item.key === 'field') read.fields = scalars(item, 'a field or a list of fields').map((node) => node.text);
    else if (item.key === 'percentile') read.percentile = readPercentile(item);
    else {
      const mend = `use ${OPS.join(', ')}, field or percentile`;
      refuse('correlation-condition', item.at, `${quote(item.key)} isn't part of a correlation's condition`, mend);
    }
  }
  if (read.ops.length === 0) {
    refuse('correlation-condition', found.at, 'the condition compares with nothing', `add one of ${OPS.join(', ')}`);
  }
  checkFields(type, read.fields, found);
  return read;
}

function checkFields(type: CorrelationType, fields: readonly string[], found: YamlEntry): void {
  if (!type.startsWith('value_')) return;
  if (fields.length === 0) {
    refuse('correlation-field', found.at, `${quote(type)} needs a field to look at`, 'add `field:` to the condition');
  }
  if (type !== 'value_count' && fields.length > 1) {
    refuse(
      'correlation-field',
      found.at,
      `${quote(type)} looks at one field`,
      'name one field; only `value_count` takes several',
    );
  }
}

function readNumber(item: YamlEntry): number {
  const node = item.value;
  const value = node.kind === 'scalar' ? Number(node.value ?? Number.NaN) : Number.NaN;
  if (Number.isFinite(value) && node.kind === 'scalar' && typeof node.value !== 'boolean') return value;
  refuse('correlation-condition', node.at, `${quote(item.key)} needs a number`, 'write a number');
}

function readPercentile(item: YamlEntry): number {
  const value = readNumber(item);
  if (value >= 0 && value <= 100) return value;
  refuse('correlation-condition', item.value.at, 'a percentile lies between 0 and 100', 'write, for example, 95');
}

function readTimespan(body: YamlMap): number {
  const found = entry(body, 'timespan') ?? entry(body, 'timeframe');
  const written = found?.value.kind === 'scalar' ? found.value.text : '';
  const match = /^([1-9]\d{0,8})([smhdwMy])$/.exec(written);
  if (match !== null) return Number(match[1]) * UNITS[match[2]];
  const message = found === undefined ? 'the correlation has no time span' : `${quote(written)} isn't a time span`;
  refuse(
    'correlation-timespan',
    found?.value.at ?? body.at,
    message,
    'write a number above 0 and s, m, h, d, w, M or y: `timespan: 10m`',
  );
}

function readGenerate(body: YamlMap): boolean {
  const found = entry(body, 'generate');
  if (found === undefined) return false;
  if (found.value.kind === 'scalar' && typeof found.value.value === 'boolean') return found.value.value;
  wrongType(found, '`true` or `false`');
}

function readAliases(body: YamlMap): {
  map: ReadonlyMap<string, ReadonlyMap<string, string>>;
  references: Reference[];
} {
  const aliases = new Map<string, Map<string, string>>();
  const references: Reference[] = [];
  const found = entry(body, 'aliases');
  for (const alias of found === undefined ? [] : mapOf(found).entries) {
    const fields = new Map<string, string>();
    for (const { key, at, value } of mapOf(alias).entries) {
      if (value.kind !== 'scalar' || value.text === '') {
        refuse(
          'correlation-alias',
          at,
          `the alias ${quote(alias.key)} needs a field for ${quote(key)}`,
          'name one field',
        );
      }
      fields.set(key, value.text);
      references.push({ text: key, at });
    }
    aliases.set(alias.key, fields);
  }
  return { map: aliases, references };
}
