import type { Level } from '@chaperone/sigma';
import type { Finding } from '../finding.ts';
import type { Summary } from '../scan-result.ts';

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

/** Distinct high rules about one account, host or provider that together look like an intrusion and no accident. */
const TOGETHER = 3;

interface Facts {
  readonly findings: readonly Finding[];
  readonly byLevel: Readonly<Record<Level, number>>;
  readonly level: Level;
  readonly unread: boolean;
  readonly records: number;
}

/** The answer in a sentence or two, and what it rests on. */
export function verdictOf({ findings, byLevel, level, unread, records }: Facts): Summary['verdict'] {
  const above = (Object.keys(RANK) as Level[]).reduce(
    (sum, one) => sum + (RANK[one] >= RANK[level] ? byLevel[one] : 0),
    0,
  );
  const chain = chainOf(findings);
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

/** The account or host to which the most different high findings point, if they are enough for a chain over several tactics. */
function chainOf(findings: readonly Finding[]) {
  const about = new Map<string, { rules: Set<string>; tactics: Set<string>; providers: Set<string> }>();
  for (const finding of findings) {
    if (RANK[finding.level] < RANK.high) continue;
    for (const name of [finding.account, finding.host]) {
      if (name === null) continue;
      let known = about.get(name);
      if (known === undefined) {
        known = { rules: new Set(), tactics: new Set(), providers: new Set() };
        about.set(name, known);
      }
      known.rules.add(finding.rule.id);
      for (const tactic of finding.attack.tactics) known.tactics.add(tactic);
      if (finding.provider !== null) known.providers.add(finding.provider);
    }
  }
  const chains = [...about]
    .filter(([, one]) => one.rules.size >= TOGETHER && one.tactics.size >= 2)
    .sort(([, a], [, b]) => b.providers.size - a.providers.size || b.rules.size - a.rules.size);
  if (chains.length === 0) return undefined;
  const [name, one] = chains[0];
  return { name, rules: one.rules.size, tactics: one.tactics.size, provider: [...one.providers][0] ?? null };
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
  for (const finding of [...findings].sort(
    (a, b) => weight(b) - weight(a) || ((a.time ?? '~') < (b.time ?? '~') ? -1 : 1),
  )) {
    if (seen.has(finding.rule.id)) continue;
    seen.add(finding.rule.id);
    chosen.push(finding);
    if (chosen.length === count) break;
  }
  return chosen.map(({ rule, why, level, id }) => ({ title: rule.title, why, level, finding: id }));
}
