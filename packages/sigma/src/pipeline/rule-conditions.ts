import { quote, refuse } from '../errors.ts';
import type { DraftCorrelation, DraftRule } from '../load/draft.ts';
import { LEVELS } from '../load/metadata.ts';
import type { DraftItem, DraftNode } from '../modifiers/value.ts';
import type { Parameters } from './parameters.ts';
import type { RuleTest, Run } from './pipeline.ts';
import { compareWith, ORDER_OPS, readState } from './state-condition.ts';
import { equalsPlain } from './value-conditions.ts';

/** Conditions on the rule as a whole. */
export const RULE_CONDITIONS: ReadonlyMap<string, (parameters: Parameters) => RuleTest> = new Map<
  string,
  (parameters: Parameters) => RuleTest
>([
  ['logsource', logsource],
  ['contains_field', containsField],
  ['contains_detection_item', containsItem],
  ['processing_item_applied', (p) => withId(p.text('processing_item_id'))],
  ['processing_state', (p) => readState(p)],
  ['is_sigma_rule', () => (run) => run.rule.kind === 'rule'],
  ['is_sigma_correlation_rule', () => (run) => run.rule.kind === 'correlation'],
  ['rule_attribute', ruleAttribute],
  ['tag', (p) => withTag(p.text('tag').toLowerCase())],
]);

function withId(id: string): RuleTest {
  return (run) => run.applied.has(id);
}

function withTag(tag: string): RuleTest {
  return (run) => metaOf(run.rule).tags.includes(tag);
}

export function metaOf(rule: DraftRule | DraftCorrelation) {
  return rule.kind === 'rule' ? rule.meta : rule.correlation;
}

/** A rule's log source must have all that the condition states. Correlations have none. */
function logsource(parameters: Parameters): RuleTest {
  const wanted = (['category', 'product', 'service'] as const).flatMap((key) =>
    parameters.has(key) ? [[key, parameters.text(key).toLowerCase()] as const] : [],
  );
  return ({ rule }) => rule.kind === 'rule' && wanted.every(([key, value]) => rule.logsource[key] === value);
}

function containsField(parameters: Parameters): RuleTest {
  const field = parameters.text('field');
  return (run) => someItem(run, (item) => item.field === field);
}

function containsItem(parameters: Parameters): RuleTest {
  const field = parameters.text('field');
  const { value, at } = parameters.scalar('value');
  if (value === null) parameters.fail(at, 'value', 'a text, number or boolean');
  return (run) => someItem(run, (item) => item.field === field && item.values.some((one) => equalsPlain(one, value)));
}

function someItem(run: Run, test: (item: DraftItem) => boolean): boolean {
  if (run.rule.kind !== 'rule') return false;
  const visit = (node: DraftNode): boolean => (node.kind === 'item' ? test(node) : node.of.some(visit));
  return [...run.rule.selections.values()].some(visit);
}

const STATUSES = ['unsupported', 'deprecated', 'experimental', 'test', 'stable'];

/** Compares an attribute: levels and statuses by rank, numbers and dates by size, texts for equality, lists by member. */
function ruleAttribute(parameters: Parameters): RuleTest {
  const attribute = parameters.text('attribute');
  const op = parameters.word('op', [...ORDER_OPS, 'in', 'not_in'], 'eq');
  const { text: wanted, at } = parameters.scalar('value');
  const ranks = attribute === 'level' ? LEVELS : attribute === 'status' ? STATUSES : undefined;
  if (ranks !== undefined && !(ranks as readonly string[]).includes(wanted.toLowerCase())) {
    refuse('pipeline-condition', at, `${quote(wanted)} is no ${attribute}`, `use one of ${ranks.join(', ')}`);
  }
  return ({ rule }) => {
    const value = readAttribute(rule, attribute);
    if (value === undefined || value === null) return false;
    if (Array.isArray(value)) {
      if (op === 'in') return value.map(String).includes(wanted);
      return op === 'not_in' ? !value.map(String).includes(wanted) : op === 'ne';
    }
    if (op === 'in' || op === 'not_in') return false;
    if (ranks !== undefined) {
      const rank = (word: string) => (ranks as readonly string[]).indexOf(word.toLowerCase());
      return compareWith(rank(String(value)), op, rank(wanted));
    }
    if (typeof value === 'number') return compareWith(value, op, Number(wanted));
    // dates are YYYY-MM-DD, whose order as text is their order in time
    return compareWith(String(value), op, wanted);
  };
}

function readAttribute(rule: DraftRule | DraftCorrelation, attribute: string): unknown {
  const meta = metaOf(rule);
  if (Object.hasOwn(meta, attribute) && attribute !== 'custom' && attribute !== 'span') {
    return (meta as unknown as Record<string, unknown>)[attribute];
  }
  return meta.custom[attribute];
}
