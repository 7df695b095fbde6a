import type { Level } from '@chaperone/sigma';
import type { Finding } from '../finding.ts';
import type { Summary } from '../scan-result.ts';
import type { Chain } from './chains.ts';

const RANK: Record<Level, number> = { informational: 0, low: 1, medium: 2, high: 3, critical: 4 };

/** How much a detector that knows the agreement, or that joins events, says beyond a single rule. */
const WEIGHT: Record<Finding['detector'], number> = {
  correlation: 1,
  term: 1,
  change: 0.5,
  rule: 0,
  silence: 0,
  indicator: -0.5,
};

interface Facts {
  readonly chain: Chain | undefined;
  readonly byLevel: Readonly<Record<Level, number>>;
  readonly level: Level;
  readonly unread: boolean;
  readonly records: number;
}

/** The answer in a sentence or two, and what it rests on. */
export function verdictOf({ chain, byLevel, level, unread, records }: Facts): Summary['verdict'] {
  const above = (Object.keys(RANK) as Level[]).reduce(
    (sum, one) => sum + (RANK[one] >= RANK[level] ? byLevel[one] : 0),
    0,
  );
  if (chain !== undefined) {
    const through = chain.provider === null ? '' : ` It came through the access of ${chain.provider}.`;
    return {
      state: 'compromise_likely',
      text: `${chain.rules} different signs of an intrusion point to ${chain.name}, across ${chain.tactics} tactics of attack.${through} Treat it as an incident now.`,
    };
  }
  if (byLevel.critical > 0) {
    return {
      state: 'compromise_likely',
      text: 'Something was found that hardly ever has an innocent reason. Treat it as an incident until you know better.',
    };
  }
  if (byLevel.high > 0) {
    return {
      state: 'suspicious',
      text: 'There are findings that an intruder would leave, and that sometimes have an innocent reason. Look at them today.',
    };
  }
  if (above > 0)
    return {
      state: 'attention',
      text: 'Nothing points to an intrusion by itself, but some uses of access should be explained.',
    };
  if (unread)
    return {
      state: 'incomplete',
      text: 'Nothing was found, but not everything could be read, so this is no clean bill.',
    };
  if (records === 0) return { state: 'incomplete', text: 'No log records were found, so nothing can be said.' };
  return {
    state: 'clean',
    text: `Nothing at level ${level} or above was found in what was read. What the logs don't cover can't be seen.`,
  };
}

/** Findings in the order of time, those without a time last; equal ones by their names, so that the order is always the same. */
export function byTime(a: Finding, b: Finding): number {
  const [one, two] = [a.time ?? '~', b.time ?? '~'];
  if (one !== two) return one < two ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** The five things to look at first: worst, then those that know the agreement, then the provider's; no rule twice. */
export function firstOf(findings: readonly Finding[], count = 5): Summary['first'] {
  const weight = (finding: Finding) =>
    RANK[finding.level] +
    WEIGHT[finding.detector] +
    (finding.provider === null ? 0 : 0.75) +
    (finding.confidence === 'low' ? -0.5 : 0);
  const seen = new Set<string>();
  const chosen: Finding[] = [];
  for (const finding of [...findings].sort((a, b) => weight(b) - weight(a) || byTime(a, b))) {
    if (seen.has(finding.rule.id)) continue;
    seen.add(finding.rule.id);
    chosen.push(finding);
    if (chosen.length === count) break;
  }
  return chosen.map(({ rule, why, level, id }) => ({ title: rule.title, why, level, finding: id }));
}
