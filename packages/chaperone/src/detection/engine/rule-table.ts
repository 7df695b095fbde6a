import type { Bound, Node, Rule } from '@chaperone/sigma';

/** What every finding of a rule has in common, worked out once. */
export interface RuleRow {
  readonly number: number;
  readonly rule: Rule;
  /** the JSON of all members that don't change from finding to finding */
  readonly json: string;
  readonly hash: number;
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly confidence: 'low' | 'medium' | 'high';
  /** rule fields that its tests read, in order */
  readonly fields: readonly string[];
  readonly keywords: boolean;
  /** false: referred to by a correlation that does not let it fire on its own */
  readonly alone: boolean;
}

/** ATT&CK tactic short names and technique ids from Sigma tags: `attack.lateral-movement`, `attack.t1021.002`. */
export function attackOf(tags: readonly string[]): { tactics: string[]; techniques: string[] } {
  const tactics: string[] = [];
  const techniques: string[] = [];
  for (const tag of tags) {
    if (!tag.startsWith('attack.')) continue;
    const name = tag.slice(7);
    if (/^t\d{4}/i.test(name)) techniques.push(name.toUpperCase());
    else if (!/^[gs]\d{4}$/i.test(name)) tactics.push(name.replaceAll('_', '-').toLowerCase());
  }
  return { tactics, techniques };
}

/** How far a rule can be trusted, by what its authors say of its maturity. */
export function confidenceOf(status: string | undefined): 'low' | 'medium' | 'high' {
  if (status === 'stable') return 'high';
  return status === 'test' || status === undefined ? 'medium' : 'low';
}

/** FNV-1a over UTF-16 units: only for naming findings, not for trust. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

export function ruleRow(rule: Rule, number: number, alone: boolean): RuleRow {
  const { tactics, techniques } = attackOf(rule.tags);
  const confidence = confidenceOf(rule.status);
  const fields = new Set<string>();
  let keywords = false;
  const visit = (node: Node): void => {
    if (node.kind === 'item') {
      if (node.field === null) keywords = true;
      else fields.add(node.field);
      if (node.test.kind === 'fieldref') fields.add(node.test.field);
    } else if (node.kind === 'not') visit(node.of);
    else node.of.forEach(visit);
  };
  for (const node of rule.selections.values()) visit(node);
  const head = {
    level: rule.level,
    confidence,
    detector: 'rule',
    rule: {
      id: rule.id,
      title: rule.title,
      author: rule.author,
      license: rule.license,
      file: rule.file,
      tags: rule.tags,
    },
    attack: { tactics, techniques },
  };
  return {
    number,
    rule,
    json: JSON.stringify(head).slice(1, -1),
    hash: textHash(`${rule.id}\0${rule.title}`),
    tactics,
    techniques,
    confidence,
    fields: [...fields],
    keywords,
    alone,
  };
}

/** The source's own names of the fields that a bound rule reads. */
export function sourceFields(row: RuleRow, bound: Bound): string[] {
  return row.fields.map((field) => bound.offer.fields?.[field] ?? field);
}
