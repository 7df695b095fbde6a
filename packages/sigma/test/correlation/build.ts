import type { Correlation, Rule, RuleSet } from '../../src/ast.ts';

const NOTHING = { line: 1, column: 1 };
const METADATA = {
  level: 'medium',
  references: [],
  tags: [],
  falsepositives: [],
  fields: [],
  custom: {},
  file: 'test.yml',
  span: NOTHING,
} as const;

/** A rule of which only the name matters. */
export function rule(name: string): Rule {
  return {
    ...METADATA,
    kind: 'rule',
    id: `id-${name}`,
    name,
    title: `Rule ${name}`,
    logsource: {},
    selections: new Map(),
    condition: { kind: 'or', of: [] },
  };
}

/** A correlation with everything left out that isn't given. */
export function correlation(name: string, parts: Partial<Correlation>): Correlation {
  return {
    ...METADATA,
    kind: 'correlation',
    id: `id-${name}`,
    name,
    title: `Correlation ${name}`,
    type: 'event_count',
    rules: [],
    anyRule: false,
    groupBy: [],
    timespan: 10,
    condition: [],
    percentile: 50,
    aliases: new Map(),
    generate: false,
    ...parts,
    fields: parts.fields ?? [],
  };
}

export function setOf(rules: readonly Rule[], correlations: readonly Correlation[]): RuleSet {
  return { rules, correlations, filters: [], refused: [], warnings: [] };
}
