import { refuse } from '../../errors.ts';
import { plain } from '../../load/attributes.ts';
import { readSelection } from '../../load/detection.ts';
import type { YamlNode } from '../../load/yaml.ts';
import type { DraftNode } from '../../modifiers/value.ts';
import type { Parameters } from '../parameters.ts';
import type { Run, Transform } from '../pipeline.ts';
import { metaOf } from '../rule-conditions.ts';

/** `add_condition`: one more selection that must hold (or, `negated`, must not). Keys may carry modifiers. */
export function addCondition(parameters: Parameters): Transform {
  const conditions = parameters.node('conditions');
  if (conditions.kind !== 'map') parameters.fail(conditions.at, 'conditions', 'a map of fields');
  const given = parameters.has('name') ? parameters.text('name') : undefined;
  const negated = parameters.flag('negated');
  const template = parameters.flag('template');
  return ({ rule }) => {
    if (rule.kind !== 'rule') return;
    let name = given ?? '_pipeline';
    for (let count = 2; rule.selections.has(name); count++) name = `${given ?? '_pipeline'}_${count}`;
    const fill = (text: string): string =>
      template
        ? text.replace(/\$(?:\{(category|product|service)\}|(category|product|service)\b)/g, (_, a, b) => {
            return rule.logsource[(a ?? b) as 'category' | 'product' | 'service'] ?? 'None';
          })
        : text;
    rule.selections.set(name, readSelection(name, relocate(conditions, rule.context.at, fill), rule.context));
    const selection = Object.freeze({ kind: 'selection', name } as const);
    const added = negated ? Object.freeze({ kind: 'not', of: selection } as const) : selection;
    rule.condition = Object.freeze({ kind: 'and', of: Object.freeze([added, rule.condition]) });
  };
}

/** A copy of a pipeline's node whose places are the rule's: messages then name the file of the rule. */
function relocate(node: YamlNode, at: number, fill: (text: string) => string): YamlNode {
  if (node.kind === 'list') return { ...node, at, items: node.items.map((item) => relocate(item, at, fill)) };
  if (node.kind === 'map') {
    const entries = node.entries.map(({ key, value }) => ({ key, at, value: relocate(value, at, fill) }));
    return { ...node, at, entries };
  }
  if (typeof node.value !== 'string') return { ...node, at, textAt: -1 };
  const text = fill(node.value);
  return { ...node, at, value: text, text, textAt: -1 };
}

export function changeLogsource(parameters: Parameters): Transform {
  const read = (key: string) => (parameters.has(key) ? parameters.text(key).toLowerCase() : undefined);
  const [category, product, service] = ['category', 'product', 'service'].map(read);
  return ({ rule }) => {
    if (rule.kind !== 'rule') return;
    rule.logsource = { category, product, service, custom: {}, at: rule.logsource.at };
  };
}

export function setState(parameters: Parameters): Transform {
  const key = parameters.text('key');
  const value = plain(parameters.node('val'));
  return (run) => void run.state.set(key, value);
}

function changeFields(change: (fields: readonly string[]) => string[]): Transform {
  return ({ rule }) => {
    // a correlation's `fields` are what it counts, not what it shows
    if (rule.kind === 'rule') rule.meta = { ...rule.meta, fields: change(rule.meta.fields) };
  };
}

export function addField(parameters: Parameters): Transform {
  const added = parameters.texts('field');
  return changeFields((fields) => [...fields, ...added]);
}

export function removeField(parameters: Parameters): Transform {
  const removed = new Set(parameters.texts('field'));
  return changeFields((fields) => fields.filter((field) => !removed.has(field)));
}

export function setField(parameters: Parameters): Transform {
  const set = parameters.texts('fields');
  return changeFields(() => [...set]);
}

export function setCustomAttribute(parameters: Parameters): Transform {
  const attribute = parameters.text('attribute');
  const value = plain(parameters.node('value'));
  return ({ rule }) => {
    const custom = Object.freeze(Object.assign(Object.create(null), metaOf(rule).custom, { [attribute]: value }));
    if (rule.kind === 'rule') rule.meta = { ...rule.meta, custom };
    else rule.correlation = { ...rule.correlation, custom };
  };
}

export function ruleFailure(parameters: Parameters): Transform {
  const message = parameters.text('message');
  return ({ rule }) => {
    const mend = 'change the rule, or leave the pipeline out';
    refuse('pipeline-failure', rule.context.at, `the pipeline refuses this rule: ${message}`, mend);
  };
}

/** `strict_field_mapping_failure`: refuses a rule that has a field which no mapping knows. */
export function strictFieldMapping(): Transform {
  return (run: Run) => {
    if (run.rule.kind !== 'rule') return;
    const unknown = new Set<string>();
    const visit = (node: DraftNode): void => {
      if (node.kind === 'group') node.of.forEach(visit);
      else if (node.field !== null && !run.mapped.has(node.field)) unknown.add(node.field);
    };
    for (const selection of run.rule.selections.values()) visit(selection);
    if (unknown.size === 0) return;
    const message = `the pipelines map every field but ${[...unknown].join(', ')}`;
    refuse('pipeline-failure', run.rule.context.at, message, 'add the fields to `field_name_mapping`');
  };
}
