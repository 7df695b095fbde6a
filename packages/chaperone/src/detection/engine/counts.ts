import type { Level, RuleSet } from '@chaperone/sigma';
import type { Finding } from '../finding.ts';
import type { ScanResult } from '../scan-result.ts';
import { Chains } from './chains.ts';
import { Grouping } from './groups.ts';
import type { LaneResult } from './lane.ts';
import { rfc3339 } from './rfc3339.ts';
import { attackOf } from './rule-table.ts';

const LEVELS: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical'];
const HOUR = 3_600_000_000;

/** Counts of findings under everything that a report groups by. */
export class Counts {
  total = 0;
  readonly levels: Record<Level, number> = { informational: 0, low: 0, medium: 0, high: 0, critical: 0 };
  readonly accounts = new Grouping();
  readonly hosts = new Grouping();
  readonly providers = new Grouping();
  readonly tactics = new Grouping();
  readonly chains = new Chains();
  private readonly rules: RuleSet;
  private readonly rule = new Map<string, { id: string; title: string; level: Level; count: number }>();
  private readonly provider = new Map<string | null, number>();
  private readonly hours = new Map<string, number>();

  constructor(rules: RuleSet) {
    this.rules = rules;
  }

  lane(lane: LaneResult): void {
    for (const [key, cell] of lane.cells) {
      const rule = this.rules.rules[Math.floor(key / 2_097_152)];
      const { attribution } = lane.activities[key % 2_097_152];
      this.add(rule, cell.count, attribution.provider ?? null);
      const { first, last, count } = cell;
      this.accounts.add(attribution.account ?? '(not named)', rule, count, first, last);
      this.hosts.add(attribution.host ?? '(not named)', rule, count, first, last);
      if (attribution.provider !== undefined) this.providers.add(attribution.provider, rule, count, first, last);
      const { tactics } = attackOf(rule.tags);
      for (const tactic of tactics) this.tactics.add(tactic, rule, count, first, last);
      this.chains.add(rule, tactics, attribution);
    }
    for (const [level, hours] of Object.entries(lane.hours))
      for (const [hour, count] of hours) this.hour(level as Level, hour, count);
  }

  finding(finding: Finding): void {
    this.add({ ...finding.rule, level: finding.level }, 1, finding.provider);
    this.accounts.addFinding(finding.account ?? '(not named)', finding);
    for (const host of finding.hosts ?? [finding.host ?? '(not named)']) this.hosts.addFinding(host, finding);
    if (finding.provider !== null) this.providers.addFinding(finding.provider, finding);
    for (const tactic of finding.attack.tactics) this.tactics.addFinding(tactic, finding);
    this.chains.add({ ...finding.rule, level: finding.level }, finding.attack.tactics, finding);
    if (finding.time !== null) this.hour(finding.level, Math.floor((Date.parse(finding.time) * 1000) / HOUR), 1);
  }

  byRule() {
    return [...this.rule.values()].sort(
      (a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || b.count - a.count || (a.id < b.id ? -1 : 1),
    );
  }

  byProvider() {
    return [...this.provider]
      .map(([provider, count]) => ({ provider, count }))
      .sort((a, b) => b.count - a.count || ((a.provider ?? '') < (b.provider ?? '') ? -1 : 1));
  }

  timeline(): ScanResult['timeline'] {
    return [...this.hours]
      .map(([key, count]) => {
        const [hour, level] = key.split(' ');
        return { hour: Number(hour), level: level as Level, count };
      })
      .sort((a, b) => a.hour - b.hour || LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level))
      .map(({ hour, level, count }) => ({ hour: rfc3339(hour * HOUR), level, count }));
  }

  private add(rule: { id: string; title: string; level: Level }, count: number, provider: string | null): void {
    this.total += count;
    this.levels[rule.level] += count;
    const key = `${rule.id}\0${rule.title}`;
    const known = this.rule.get(key);
    if (known === undefined) this.rule.set(key, { id: rule.id, title: rule.title, level: rule.level, count });
    else known.count += count;
    this.provider.set(provider, (this.provider.get(provider) ?? 0) + count);
  }

  private hour(level: Level, hour: number, count: number): void {
    const key = `${hour} ${level}`;
    this.hours.set(key, (this.hours.get(key) ?? 0) + count);
  }
}
