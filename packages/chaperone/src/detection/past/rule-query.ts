import { type Condition, matchTest, type Node, type Offer, type Rule, toClickHouse } from '@chaperone/sigma';
import type { StoredKind } from './stored-kinds.ts';
import { type Answer, widenedRule } from './widened-rule.ts';

export interface RuleCondition {
  /** over one row of the organisation's `events`; undefined: SQL can't say what the rule says */
  readonly where: string | undefined;
  /** what must be known of the answer */
  readonly note: string | undefined;
}

type Item = Extract<Node, { kind: 'item' }>;

const COLUMNS = {
  fields: 'fields',
  numbers: 'numbers',
  raw: 'raw',
  time: 'time',
  kind: 'kind',
  shown: ['id'],
} as const;
/** What every event of a kind of Windows event says alike. */
const SAME: readonly string[] = ['EventID', 'Channel', 'Provider_Name'];

/**
 * A rule as a condition on stored events: of the kinds that its log source means, under each one's names. Of a kind whose class nobody could tell
 * the fields alone decide. Where the store lacks a field that the event itself answers (no rule asked for it when it came), the condition holds
 * for more events than the rule: `exact` is false then, and who needs to know judges them again.
 */
export function ruleCondition(rule: Rule, kinds: readonly StoredKind[]): RuleCondition & { readonly exact: boolean } {
  const unknown = kinds.filter((kind) => kind.class === undefined).map(({ key }) => key);
  const parts: string[] = [];
  const whole: { key: string; offers: readonly Offer[] }[] = [];
  let exact = true;
  for (const kind of kinds)
    for (const offer of kind.class?.offers ?? [rule.logsource]) {
      if (!means(rule, offer)) continue;
      const widened = widenedRule(rule, answerOf(kind, offer));
      if (widened === undefined) continue;
      if (widened === rule) {
        whole.push({ key: kind.key, offers: [offer] });
        continue;
      }
      exact &&= !lacking(rule, kind, offer);
      const query = toClickHouse(widened, {
        table: 'events',
        columns: COLUMNS,
        kinds: [{ key: kind.key, offers: [offer] }],
      });
      if (!('where' in query)) return { where: undefined, note: `${query.message} ${query.mend}`, exact };
      parts.push(query.where);
    }
  const query = toClickHouse(rule, { table: 'events', columns: COLUMNS, kinds: whole });
  if (!('where' in query)) return { where: undefined, note: `${query.message} ${query.mend}`, exact };
  if (whole.length > 0) parts.push(query.where);
  return { where: parts.length === 0 ? '0' : `(${parts.join(' OR ')})`, note: noteOn(unknown), exact };
}

/** Whether a rule holds by keywords alone, so that every text must be read to answer it. */
export function keywordsAlone(rule: Rule): boolean {
  return [...usedSelections(rule.condition, rule)].every((node) =>
    itemsOf(node, false).every(({ field }) => field === null),
  );
}

/** What the samples of a kind say of an item: the store has its field, or all events of the kind say the same, or nobody knows. */
function answerOf(kind: StoredKind, offer: Offer): Answer {
  return (item) => {
    if (item.field === null) return undefined;
    const missing = fieldsOf(item, offer).filter((field) => unstored(kind, field));
    if (missing.length === 0) return undefined;
    const [name] = fieldsOf(item, offer);
    const [sample] = kind.samples;
    if (missing.length > 1 || missing[0] !== name || !constant(kind, name)) return 'unknown';
    return matchTest(item.test, sample.event.get(name), sample.event, offer.fields);
  };
}

function constant(kind: StoredKind, field: string): boolean {
  return kind.key.startsWith('windows/') && !kind.key.includes('*') && SAME.includes(field);
}

/** Whether stored events of a kind lack a field that they answer when they are read again. */
function unstored({ samples }: StoredKind, field: string): boolean {
  return samples.some(({ event, stored }) => {
    if (stored.has(field)) return false;
    const value = event.get(field);
    return value !== undefined && value !== null;
  });
}

function lacking(rule: Rule, kind: StoredKind, offer: Offer): boolean {
  return [...rule.selections.values()]
    .flatMap((node) => itemsOf(node, true))
    .some((item) => fieldsOf(item, offer).some((field) => unstored(kind, field) && !constant(kind, field)));
}

function fieldsOf({ field, test }: Item, { fields }: Offer): string[] {
  const names = [...(field === null ? [] : [field]), ...(test.kind === 'fieldref' ? [test.field] : [])];
  return names.map((name) => fields?.[name] ?? name);
}

function itemsOf(node: Node, denied: boolean): Item[] {
  if (node.kind === 'item') return [node];
  if (node.kind === 'not') return denied ? itemsOf(node.of, denied) : [];
  return node.of.flatMap((inner) => itemsOf(inner, denied));
}

function* usedSelections(condition: Condition, rule: Rule): Generator<Node> {
  if (condition.kind === 'not') return;
  if (condition.kind === 'and' || condition.kind === 'or')
    for (const inner of condition.of) yield* usedSelections(inner, rule);
  else
    for (const name of condition.kind === 'of' ? condition.names : [condition.name]) {
      const node = rule.selections.get(name);
      if (node !== undefined) yield node;
    }
}

/** A rule applies where everything that its log source states equals, without case, what the offer states. */
function means({ logsource }: Rule, offer: Offer): boolean {
  return (['product', 'category', 'service'] as const).every((key) => {
    const stated = logsource[key];
    return stated === undefined || stated.toLowerCase() === offer[key]?.toLowerCase();
  });
}

function noteOn(unknown: readonly string[]): string | undefined {
  if (unknown.length === 0) return undefined;
  const names = `${unknown.slice(0, 3).join(', ')}${unknown.length > 3 ? ' and others' : ''}`;
  const kinds = unknown.length === 1 ? 'one kind' : `${unknown.length} kinds`;
  return `Of ${kinds} of events (${names}) it isn’t known which log source they are: fields alone decided.`;
}
