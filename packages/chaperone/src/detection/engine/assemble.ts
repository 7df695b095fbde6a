import type { CorrelationMatch, Level, Refusal, RuleSet } from '@chaperone/sigma';
import { type Activity, fromTransfer, type Registry } from '../../registry/index.ts';
import type { Unread } from '../../telemetry/index.ts';
import { detectChange } from '../change/index.ts';
import type { Finding } from '../finding.ts';
import { lastUse } from '../last-use/index.ts';
import type { ScanOptions } from '../scan.ts';
import type { Problem, ScanResult, Summary } from '../scan-result.ts';
import { createJudge } from '../terms/index.ts';
import { correlationFinding } from './correlation-findings.ts';
import { questionsOf, sourcesOf } from './coverage.ts';
import { Grouping } from './groups.ts';
import type { LaneResult } from './lane.ts';
import type { Problems } from './problems.ts';
import { rfc3339 } from './rfc3339.ts';
import { attackOf } from './rule-table.ts';
import type { SentInput } from './run-lanes.ts';
import { sightingFinding } from './sighting-findings.ts';
import { firstOf, verdictOf } from './verdict.ts';
import { writeFindings } from './write-findings.ts';

export interface Parts {
  readonly options: ScanOptions;
  readonly started: Date;
  /** `performance.now()` of the start */
  readonly begun: number;
  readonly registry: Registry | undefined;
  readonly rules: RuleSet;
  readonly correlationRefusals: readonly Refusal[];
  /** problems outside the lanes */
  readonly problems: Problems;
  readonly filesRead: number;
  readonly bytesRead: number;
  readonly lanes: readonly LaneResult[];
  readonly parts: readonly string[];
  readonly matches: readonly CorrelationMatch[];
  readonly organization: string | null;
  readonly indicators: number;
}

const LEVELS: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical'];
/** Findings kept whole for the report: of each rule, and of all. */
const KEPT_PER_RULE = 40;
const KEPT = 4_000;
const HOUR = 3_600_000_000;

/** Joins what the lanes found, runs the detectors that need the whole, writes the findings, and makes the result. */
export async function assemble(parts: Parts): Promise<ScanResult> {
  const { lanes, organization, registry } = parts;
  const activities = fromTransfer(lanes.map((lane) => lane.activities));
  const judged = judgeTerms(parts, activities);
  const changed = registry === undefined ? undefined : detectChange(registry, activities);
  const others: Finding[] = [
    ...parts.matches.map((match) =>
      correlationFinding(match, (input) => whoWas(lanes, input as SentInput), organization),
    ),
    ...lanes.flatMap((lane) =>
      lane.sightings.map((one) => sightingFinding(one, lane.activities[one.entry], organization)),
    ),
    ...(judged?.findings ?? []),
    ...(changed?.findings ?? []),
  ];
  await writeFindings(parts.options.out, parts.parts, others);

  const count = new Counts(parts.rules);
  for (const lane of lanes) count.lane(lane);
  for (const finding of others) count.finding(finding);
  const kept = keptOf(lanes, others);
  const problems = allProblems(parts);
  const unread = problems.files.length > 0 || problems.unread > 0;
  const records = sum(lanes, (lane) => lane.records);
  const summary: Summary = {
    version: VERSION,
    started: micros(parts.started),
    finished: micros(new Date()),
    seconds: Math.round(performance.now() - parts.begun) / 1000,
    paths: parts.options.paths,
    organization,
    registry: parts.options.registry ?? null,
    level: parts.options.level,
    ...(registry === undefined ? {} : { zone: registry.organization.zone.name }),
    verdict: verdictOf({ findings: kept, byLevel: count.levels, level: parts.options.level, unread, records }),
    first: firstOf(kept),
    files: { read: parts.filesRead, unread: problems.files.map(problemOf) },
    bytes: { read: parts.bytesRead },
    records: {
      read: records,
      unread: problems.unread,
      problems: [...problems.records.map(problemOf), ...problems.crowded],
      untimed: sum(lanes, (lane) => lane.untimed),
      outside: sum(lanes, (lane) => lane.outside),
    },
    rules: {
      loaded: parts.rules.rules.length + parts.rules.correlations.length,
      refused: [...parts.rules.refused, ...parts.correlationRefusals].map((one) => ({
        file: one.file,
        line: one.line,
        rule: one.rule ?? null,
        code: one.code,
        reason: one.message,
        mend: one.mend,
      })),
      warnings: parts.rules.warnings.length,
    },
    findings: {
      total: count.total,
      by_level: count.levels,
      by_rule: count.byRule(),
      by_provider: count.byProvider(),
    },
    coverage: {
      sources: sourcesOf(activities),
      unanswered: [...(judged?.unanswered ?? []), ...questionsOf(activities, registry), ...crowdedQuestion(lanes)],
    },
    accounts: registry === undefined ? [] : lastUse(registry, activities),
  };
  return {
    summary,
    findings: kept,
    timeline: count.timeline(),
    by_account: count.accounts.groups(),
    by_host: count.hosts.groups(),
    by_provider: count.providers.groups(),
    by_tactic: count.tactics.groups(),
    proposal: null,
  };
}

const VERSION = '0.1.0';

function judgeTerms({ registry, lanes }: Parts, activities: readonly Activity[]) {
  if (registry === undefined) return undefined;
  const judge = createJudge(registry);
  judge.merge(lanes.flatMap((lane) => (lane.judged === undefined ? [] : [lane.judged])));
  return judge.finish({ activities });
}

function whoWas(lanes: readonly LaneResult[], input: SentInput) {
  const lane = lanes.find((one) => one.lane === input.lane);
  return lane?.activities[input.entry]?.attribution;
}

/** Whole findings for the report: of each rule some, the worst rules first, in the order of time. */
function keptOf(lanes: readonly LaneResult[], others: readonly Finding[]): Finding[] {
  const byRule = new Map<string, Finding[]>();
  const keep = (key: string, finding: Finding) => {
    const known = byRule.get(key);
    if (known === undefined) byRule.set(key, [finding]);
    else if (known.length < KEPT_PER_RULE) known.push(finding);
  };
  for (const finding of others) keep(finding.detector + finding.rule.id, finding);
  for (const lane of lanes)
    for (const [rule, findings] of lane.kept.entries())
      for (const finding of findings ?? []) keep(String(rule), finding);
  const rules = [...byRule.values()].sort((a, b) => LEVELS.indexOf(b[0].level) - LEVELS.indexOf(a[0].level));
  return rules
    .flat()
    .slice(0, KEPT)
    .sort((a, b) => ((a.time ?? '~') < (b.time ?? '~') ? -1 : (a.time ?? '~') > (b.time ?? '~') ? 1 : 0));
}

class Counts {
  total = 0;
  readonly levels: Record<Level, number> = { informational: 0, low: 0, medium: 0, high: 0, critical: 0 };
  readonly accounts = new Grouping();
  readonly hosts = new Grouping();
  readonly providers = new Grouping();
  readonly tactics = new Grouping();
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
      for (const tactic of attackOf(rule.tags).tactics) this.tactics.add(tactic, rule, count, first, last);
    }
    for (const [level, hours] of Object.entries(lane.hours))
      for (const [hour, count] of hours) this.hour(level as Level, hour, count);
  }

  finding(finding: Finding): void {
    this.add({ ...finding.rule, level: finding.level }, 1, finding.provider);
    this.accounts.addFinding(finding.account ?? '(not named)', finding);
    this.hosts.addFinding(finding.host ?? '(not named)', finding);
    if (finding.provider !== null) this.providers.addFinding(finding.provider, finding);
    for (const tactic of finding.attack.tactics) this.tactics.addFinding(tactic, finding);
    if (finding.time !== null) this.hour(finding.level, Math.floor((Date.parse(finding.time) * 1000) / HOUR), 1);
  }

  byRule() {
    return [...this.rule.values()].sort(
      (a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || b.count - a.count,
    );
  }

  byProvider() {
    return [...this.provider].map(([provider, count]) => ({ provider, count })).sort((a, b) => b.count - a.count);
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

function allProblems({ problems, lanes }: Parts) {
  return {
    files: [...problems.files, ...lanes.flatMap((lane) => lane.fileProblems)],
    records: [...problems.records, ...lanes.flatMap((lane) => lane.recordProblems)],
    unread: problems.unread + sum(lanes, (lane) => lane.unread),
    crowded: [...problems.crowded(), ...lanes.flatMap((lane) => lane.crowded)].map(
      ({ file, count }): Problem => ({
        file,
        code: 'more_problems',
        reason: `has ${count} problems in all; the first are listed`,
        mend: 'Look at the listed ones; the others are most likely alike.',
        records: 0,
      }),
    ),
  };
}

function problemOf(one: Unread): Problem {
  return {
    file: one.file,
    code: one.code,
    reason: one.message,
    mend: one.mend,
    ...(one.record === undefined ? {} : { record: one.record }),
    ...(one.offset === undefined ? {} : { offset: one.offset }),
    ...(one.records === undefined ? {} : { records: one.records }),
  };
}

function crowdedQuestion(lanes: readonly LaneResult[]): Summary['coverage']['unanswered'] {
  const events = sum(lanes, (lane) => lane.overflow);
  if (events === 0) return [];
  return [
    {
      question: 'Who was behind each event?',
      reason: `There were too many different users, hosts and addresses to keep apart: ${events} events were counted by host alone.`,
      mend: 'Scan a shorter time with --since and --until, or fewer sources at once.',
    },
  ];
}

function sum(lanes: readonly LaneResult[], of: (lane: LaneResult) => number): number {
  return lanes.reduce((total, lane) => total + of(lane), 0);
}

function micros(date: Date): string {
  return rfc3339(date.getTime() * 1000);
}
