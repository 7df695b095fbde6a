import type { Correlation, Rule, RuleSet } from '@chaperone/sigma';

/**
 * The part of a rule set that some rules need to be judged by: themselves, the correlations that refer to them, and all that those refer to.
 *
 * @returns the part, and the ids whose findings are wanted: of the rules and of correlations that they changed
 */
export function rulesAbout(
  set: RuleSet,
  ids: readonly string[],
): { readonly part: RuleSet; readonly wanted: ReadonlySet<string> } {
  const wanted = new Set(ids);
  const named = (one: Rule | Correlation) => (refs: readonly string[]) =>
    refs.includes(one.id) || (one.name !== undefined && refs.includes(one.name));
  const chosen = new Set<Rule | Correlation>([...set.rules, ...set.correlations].filter(({ id }) => wanted.has(id)));
  // Correlations of them, and of those in turn.
  for (let before = -1; before !== chosen.size; ) {
    before = chosen.size;
    for (const correlation of set.correlations)
      if ([...chosen].some((one) => named(one)(correlation.rules))) chosen.add(correlation);
  }
  for (const one of chosen) wanted.add(one.id);
  // And what they are made of.
  for (let before = -1; before !== chosen.size; ) {
    before = chosen.size;
    for (const one of [...set.rules, ...set.correlations])
      for (const correlation of chosen)
        if (correlation.kind === 'correlation' && named(one)(correlation.rules)) chosen.add(one);
  }
  return {
    part: {
      ...set,
      rules: set.rules.filter((rule) => chosen.has(rule)),
      correlations: set.correlations.filter((rule) => chosen.has(rule)),
    },
    wanted,
  };
}
