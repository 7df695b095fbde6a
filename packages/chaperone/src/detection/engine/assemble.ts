import type { CorrelationMatch, Level, Refusal, RuleSet } from '@chaperone/sigma';
import manifest from '../../../package.json' with { type: 'json' };
import { type Activity, fromTransfer, type Registry } from '../../registry/index.ts';
import type { Unread } from '../../telemetry/index.ts';
import { detectChange } from '../change/index.ts';
import type { Finding } from '../finding.ts';
import { lastUse } from '../last-use/index.ts';
import { propose } from '../propose/index.ts';
import { providerName } from '../registry-finding.ts';
import type { ScanOptions } from '../scan.ts';
import type { Problem, ScanResult, Summary } from '../scan-result.ts';
import { createJudge } from '../terms/index.ts';
import type { Chain } from './chains.ts';
import { correlationFinding } from './correlation-findings.ts';
import { Counts } from './counts.ts';
import { questionsOf, sourcesOf } from './coverage.ts';
import { heldBackOf } from './held-back.ts';
import type { LaneResult } from './lane.ts';
import type { Problems } from './problems.ts';
import { rfc3339 } from './rfc3339.ts';
import type { SentInput } from './run-lanes.ts';
import { joinSightings, sightingFinding } from './sighting-findings.ts';
import { Teller } from './teller.ts';
import { byTime, firstOf, verdictOf } from './verdict.ts';
import { writeFindings } from './write-findings.ts';

export interface Parts {
  readonly options: ScanOptions;
  readonly started: Date;
  /** `performance.now()` of the start */
  readonly begun: number;
  readonly registry: Registry | undefined;
  readonly rules: RuleSet;
  /** mistakes in files beside the logs, whose rest was used */
  readonly notices: readonly Problem[];
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
const KEPT_PER_RULE = 16;
const KEPT = 4_000;

/** Joins what the lanes found, runs the detectors that need the whole, writes the findings, and makes the result. */
export async function assemble(parts: Parts): Promise<ScanResult> {
  const { lanes, organization, registry } = parts;
  const activities = fromTransfer(lanes.map((lane) => lane.activities)).sort(inOrder);
  const judged = judgeTerms(parts, activities);
  const changed = registry === undefined ? undefined : detectChange(registry, activities);
  const teller = new Teller(registry, parts.options.zone ?? registry?.organization.zone.name);
  const others: Finding[] = [
    ...parts.matches.map((match) =>
      correlationFinding(match, (input) => whoWas(lanes, input as SentInput), organization, teller),
    ),
    ...joinSightings(lanes).map(({ sighting, activity }) => sightingFinding(sighting, activity, organization, teller)),
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
    verdict: verdictOf({
      chain: named(count.chains.worst(), registry),
      byLevel: count.levels,
      level: parts.options.level,
      unread,
      records,
    }),
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
    ...(parts.notices.length === 0 ? {} : { notices: parts.notices }),
    ...(registry === undefined || registry.exceptions.length === 0
      ? {}
      : { exceptions: heldBackOf(registry, [...(judged?.heldBack ?? []), ...(changed?.heldBack ?? [])]) }),
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
      ...(judged === undefined || judged.omitted === 0 ? {} : { omitted: judged.omitted }),
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
    proposal:
      registry === undefined
        ? propose(activities, parts.options.zone === undefined ? {} : { zone: parts.options.zone })
        : null,
  };
}

const VERSION: string = manifest.version;

/** By first time, then by place: the same whichever thread met what first. */
function inOrder(a: Activity, b: Activity): number {
  const [one, two] = [a.first ?? Number.POSITIVE_INFINITY, b.first ?? Number.POSITIVE_INFINITY];
  if (one !== two) return one - two;
  if (a.place.file !== b.place.file) return a.place.file < b.place.file ? -1 : 1;
  return a.place.record - b.place.record || (a.facts.class.key < b.facts.class.key ? -1 : 1);
}

/** A chain with the provider as people call it. */
function named(chain: Chain | undefined, registry: Registry | undefined): Chain | undefined {
  if (chain?.provider == null) return chain;
  return { ...chain, provider: providerName(registry, chain.provider) };
}

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
  return rules.flat().slice(0, KEPT).sort(byTime);
}

function allProblems({ problems, lanes }: Parts) {
  return {
    files: [...problems.files, ...lanes.flatMap((lane) => lane.fileProblems)].sort(byPlace),
    records: [...problems.records, ...lanes.flatMap((lane) => lane.recordProblems)].sort(byPlace),
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

function byPlace(a: Unread, b: Unread): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return (a.record ?? 0) - (b.record ?? 0) || (a.offset ?? 0) - (b.offset ?? 0);
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
