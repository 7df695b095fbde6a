import type { Level } from '@chaperone/sigma';
import type { Finding } from '../finding.ts';
import type { Group } from '../scan-result.ts';
import { rfc3339 } from './rfc3339.ts';

interface Draft {
  count: number;
  first: number;
  last: number;
  readonly levels: Partial<Record<Level, number>>;
  readonly rules: Map<string, { readonly id: string; readonly title: string; count: number }>;
}

/** Names counted one by one; a scan that sees more hosts or accounts in findings than this groups the rest under one name. */
const MOST = 20_000;
const RULES = 10;

/** Counts findings under names: accounts, hosts, providers, tactics. */
export class Grouping {
  private readonly drafts = new Map<string, Draft>();

  /** Adds `count` findings of one rule. Times in microseconds, NaN where unknown. */
  add(
    name: string,
    rule: { id: string; title: string; level: Level },
    count: number,
    first: number,
    last: number,
  ): void {
    let draft = this.drafts.get(name);
    if (draft === undefined) {
      const key = this.drafts.size < MOST ? name : '(others)';
      draft = this.drafts.get(key);
      if (draft === undefined) {
        draft = { count: 0, first: Number.NaN, last: Number.NaN, levels: {}, rules: new Map() };
        this.drafts.set(key, draft);
      }
    }
    draft.count += count;
    draft.levels[rule.level] = (draft.levels[rule.level] ?? 0) + count;
    if (!(draft.first <= first)) draft.first = Number.isNaN(first) ? draft.first : first;
    if (!(draft.last >= last)) draft.last = Number.isNaN(last) ? draft.last : last;
    const known = draft.rules.get(rule.id);
    if (known === undefined) draft.rules.set(rule.id, { id: rule.id, title: rule.title, count });
    else known.count += count;
  }

  addFinding(name: string, finding: Finding): void {
    const time = finding.time === null ? Number.NaN : Date.parse(finding.time) * 1000;
    const end = finding.time_end === undefined ? time : Date.parse(finding.time_end) * 1000;
    this.add(name, { ...finding.rule, level: finding.level }, 1, time, end);
  }

  /** The groups, most telling first: by their worst level, then by number. */
  groups(): Group[] {
    const order: readonly Level[] = ['critical', 'high', 'medium', 'low', 'informational'];
    const worst = (draft: Draft) => order.findIndex((level) => (draft.levels[level] ?? 0) > 0);
    return [...this.drafts]
      .sort(([a, one], [b, two]) => worst(one) - worst(two) || two.count - one.count || (a < b ? -1 : 1))
      .map(([name, draft]) => ({
        name,
        count: draft.count,
        by_level: draft.levels,
        first: Number.isNaN(draft.first) ? null : rfc3339(draft.first),
        last: Number.isNaN(draft.last) ? null : rfc3339(draft.last),
        rules: [...draft.rules.values()].sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1)).slice(0, RULES),
      }));
  }
}
