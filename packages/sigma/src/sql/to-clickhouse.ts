import type { Refusal, Rule } from '../ast.ts';
import type { Offer } from '../view.ts';
import { sqlIdentifier, sqlString, Untranslatable } from './literal.ts';
import { joined, RuleSql } from './rule-sql.ts';
import type { TableMapping } from './table-mapping.ts';

/** A rule as SQL. Everything is in the text, quoted; there are no parameters. */
export interface RuleQuery {
  readonly kind: 'query';
  /** the condition over one row */
  readonly where: string;
  /** a whole statement that selects the rows that match, in the order of time where the mapping names it */
  readonly select: string;
}

/**
 * Translates a rule to ClickHouse SQL that selects exactly the rows for whose events `evaluate` holds.
 * @returns a refusal where SQL can't say what the rule says
 * @example
 * toClickHouse(rule, { table: 'events', columns: { fields: 'fields', numbers: 'numbers', shown: ['id'] } })
 */
export function toClickHouse(rule: Rule, mapping: TableMapping): RuleQuery | Refusal {
  try {
    const where = whereSql(rule, mapping);
    const { columns } = mapping;
    const shown = columns.shown.map(sqlIdentifier).join(', ');
    const order = columns.time === undefined ? '' : ` ORDER BY ${sqlIdentifier(columns.time)}`;
    return { kind: 'query', where, select: `SELECT ${shown} FROM ${tableSql(mapping)} WHERE ${where}${order}` };
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    const { file, span, title } = rule;
    const place = { file, line: span.line, column: span.column, rule: title };
    return { code: error.code, message: error.message, mend: error.mend, ...place, severity: 'error' };
  }
}

export function tableSql(mapping: TableMapping): string {
  const table = sqlIdentifier(mapping.table);
  return mapping.database === undefined ? table : `${sqlIdentifier(mapping.database)}.${table}`;
}

/** The condition over one row, kinds of events included. */
export function whereSql(rule: Rule, mapping: TableMapping): string {
  return joined(
    'OR',
    branches(rule, mapping).map(({ condition }) => condition),
  );
}

/** A rule over rows that have the same names for its fields. */
export interface Branch {
  readonly condition: string;
  /** the rule's field name → the source's own, where they differ */
  readonly names: Readonly<Record<string, string>>;
}

/** The ways in which a rule can apply to rows of a table, one for each set of field names. */
export function branches(rule: Rule, mapping: TableMapping): Branch[] {
  const { kinds, columns } = mapping;
  if (kinds === undefined) return [{ condition: new RuleSql(rule, columns, {}).condition(), names: {} }];
  if (columns.kind === undefined) throw new TypeError('kinds are given, but no column that says the kind');
  const kind = sqlIdentifier(columns.kind);
  // kinds that offer the rule under the same field names are asked together
  const groups = new Map<string, { names: Readonly<Record<string, string>>; keys: Set<string> }>();
  for (const { key, offers } of kinds) {
    for (const offer of offers) {
      if (!applies(rule, offer)) continue;
      const names = offer.fields ?? {};
      const id = JSON.stringify(Object.entries(names).sort(([a], [b]) => (a < b ? -1 : 1)));
      const group = groups.get(id) ?? { names, keys: new Set() };
      group.keys.add(key);
      groups.set(id, group);
    }
  }
  return [...groups.values()].map(({ names, keys }) => {
    const list = [...keys].map(sqlString).join(', ');
    return { condition: `(${kind} IN (${list}) AND ${new RuleSql(rule, columns, names).condition()})`, names };
  });
}

/** A rule applies where everything that its log source states equals, without case, what the offer states. */
function applies(rule: Rule, offer: Offer): boolean {
  return (['product', 'category', 'service'] as const).every((key) => {
    const stated = rule.logsource[key];
    return stated === undefined || stated.toLowerCase() === offer[key]?.toLowerCase();
  });
}
