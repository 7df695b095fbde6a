import type { Refusal } from '../ast.ts';
import { quote, refuse, suggestion } from '../errors.ts';
import { entry } from '../load/attributes.ts';
import { Context } from '../load/context.ts';
import type { RuleSource } from '../load/load-rules.ts';
import { toRefusal } from '../load/read-source.ts';
import { Source } from '../load/source.ts';
import { parseYaml, type YamlMap, type YamlNode } from '../load/yaml.ts';
import type { DraftItem } from '../modifiers/value.ts';
import { readConditions } from './combine-conditions.ts';
import { FIELD_CONDITIONS } from './field-conditions.ts';
import { Parameters } from './parameters.ts';
import type { ItemTest, Pipeline, PipelineItem, Run, Transform } from './pipeline.ts';
import { RULE_CONDITIONS } from './rule-conditions.ts';
import { applyItems } from './run-pipelines.ts';
import { IMPOSSIBLE, TRANSFORMATIONS } from './transformations/index.ts';
import { ITEM_CONDITIONS } from './value-conditions.ts';

/** Depth of `nest` in `nest`. */
const MAX_NESTING = 16;
const KNOWN_KEYS = new Set([
  'name',
  'priority',
  'vars',
  'transformations',
  'postprocessing',
  'finalizers',
  'allowed_backends',
]);

/**
 * Loads a processing pipeline in pySigma's YAML form. Never throws for what the file holds.
 * @returns the pipeline, or why there is none; warnings for parts without effect here (`postprocessing`, `finalizers`)
 */
export function loadPipeline(source: RuleSource): { pipeline?: Pipeline; refused: Refusal[]; warnings: Refusal[] } {
  const warnings: Refusal[] = [];
  const text = source.text.charCodeAt(0) === 0xfeff ? source.text.slice(1) : source.text;
  const context = new Context(new Source(source.file, text), 0, warnings);
  try {
    const documents = parseYaml(text).filter((document) => document !== null);
    if (documents.length !== 1 || documents[0].kind !== 'map') {
      refuse(
        'pipeline-structure',
        documents[1]?.at ?? 0,
        'a pipeline is one document, a map',
        'see the pipelines of pySigma',
      );
    }
    return { pipeline: readPipeline(documents[0], context), refused: [], warnings };
  } catch (error) {
    return { refused: [toRefusal(error, context)], warnings };
  }
}

function readPipeline(map: YamlMap, context: Context): Pipeline {
  const parameters = new Parameters(map, 'the pipeline');
  const name = parameters.textOr('name', context.source.file);
  context.rule = name;
  for (const { key, at, value } of map.entries) {
    if (!KNOWN_KEYS.has(key)) {
      const hint = suggestion(key, KNOWN_KEYS).trim();
      refuse('pipeline-structure', at, `a pipeline has no ${quote(key)}`, hint === '' ? 'remove it' : hint);
    }
    const idle = key === 'postprocessing' || key === 'finalizers';
    if (idle && value.kind === 'list' && value.items.length > 0) {
      context.warn(
        'pipeline-ignored',
        at,
        `${quote(key)} has no effect: it works on queries, and there are none here`,
        'remove it',
      );
    }
  }
  const given = parameters.has('priority') ? parameters.scalar('priority').value : 0;
  const priority =
    typeof given === 'number' ? given : parameters.fail(parameters.node('priority').at, 'priority', 'a number');
  const items = parameters.has('transformations') ? readItems(parameters.node('transformations'), '', 0) : [];
  return Object.freeze({ name, priority, vars: readVars(parameters), items });
}

function readVars(parameters: Parameters): Readonly<Record<string, readonly string[]>> {
  const vars: Record<string, readonly string[]> = Object.create(null);
  if (!parameters.has('vars')) return vars;
  const node = parameters.node('vars');
  if (node.kind !== 'map') parameters.fail(node.at, 'vars', 'a map');
  const inner = new Parameters(node, '`vars`');
  for (const { key } of node.entries) vars[key] = inner.texts(key);
  return vars;
}

function readItems(node: YamlNode, prefix: string, depth: number): PipelineItem[] {
  if (node.kind !== 'list')
    refuse('pipeline-structure', node.at, 'transformations are a list', 'begin each one with `- `');
  return node.items.map((item, index) => readItem(item, `${prefix}${index + 1}`, depth));
}

function readItem(node: YamlNode, number: string, depth: number): PipelineItem {
  if (node.kind !== 'map')
    refuse('pipeline-structure', node.at, 'a transformation is a map with `type`', 'write a map');
  const type = new Parameters(node, `transformation ${number}`).text('type');
  const parameters = new Parameters(node, `transformation ${number} (${quote(type)})`);
  const field = readConditions(node, { list: 'field_name_conditions', prefix: 'field_name_cond' }, FIELD_CONDITIONS);
  const item = readConditions(
    node,
    { list: 'detection_item_conditions', prefix: 'detection_item_cond' },
    ITEM_CONDITIONS,
  );
  const rule = readConditions(node, { list: 'rule_conditions', prefix: 'rule_cond' }, RULE_CONDITIONS);
  const selects: ItemTest = (one, run) =>
    (item === undefined || item(one, run)) && (field === undefined || selectsFields(one, run));
  const selectsFields = (one: DraftItem, run: Run): boolean =>
    field!(one.field, one, run) ||
    one.values.some((value) => value.kind === 'fieldref' && field!(value.field, one, run));
  return Object.freeze({
    id: parameters.textOr('id', `#${number}`),
    type,
    appliesTo: rule ?? (() => true),
    selects,
    selectsField: (name: string | null, run: Run) => field === undefined || field(name, undefined, run),
    transform: readTransform(parameters, type, number, depth),
  });
}

function readTransform(parameters: Parameters, type: string, number: string, depth: number): Transform {
  if (type === 'nest') {
    const at = entry(parameters.map, 'items')?.at ?? parameters.map.at;
    if (depth >= MAX_NESTING)
      refuse('pipeline-structure', at, `\`nest\` goes deeper than ${MAX_NESTING}`, 'flatten it');
    const items = readItems(parameters.node('items'), `${number}.`, depth + 1);
    return (run) => applyItems(run, items);
  }
  const make = TRANSFORMATIONS.get(type);
  if (make !== undefined) return make(parameters);
  const reason = IMPOSSIBLE.get(type);
  const { at } = parameters.node('type');
  if (reason !== undefined)
    refuse('pipeline-transformation', at, `${quote(type)} can't run here: ${reason}`, 'use `value_placeholders`');
  const mend = `use one of ${[...TRANSFORMATIONS.keys(), 'nest'].join(', ')}.${suggestion(type, TRANSFORMATIONS.keys())}`;
  refuse('pipeline-transformation', at, `there is no transformation ${quote(type)}`, mend);
}
