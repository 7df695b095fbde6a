import type { Test } from '../ast.ts';
import { translate } from '../modifiers/regex.ts';
import { fullyFolded } from './folding.ts';
import { sqlNumber, sqlString } from './literal.ts';
import { networkSql } from './network-sql.ts';
import { patternSql } from './pattern-sql.ts';
import { timePartSql } from './time-part-sql.ts';

/** Tests that look at the texts of a field one by one. */
export type TextTest = Extract<Test, { kind: 'pattern' | 'boolean' | 'regex' | 'cidr' | 'timepart' }>;
/** Tests that look at its numbers. */
export type NumberTest = Extract<Test, { kind: 'number' | 'compare' }>;

const COMPARE = { eq: '=', lt: '<', lte: '<=', gt: '>', gte: '>=' } as const;

/** A test as a condition on one text. */
export function textTestSql(test: TextTest, value: string): string {
  switch (test.kind) {
    case 'pattern':
      return patternSql(test.parts, test.cased, value);
    case 'boolean':
      return `lower(${value}) = '${test.value}'`;
    case 'regex':
      return regexSql(test, value);
    case 'cidr':
      return networkSql(test.network, value);
    case 'timepart':
      // NULL where the text is no time
      return `ifNull(${timePartSql(test.part, value)} ${COMPARE[test.op]} ${sqlNumber(test.value)}, 0)`;
  }
}

/** A test as a condition on one number. */
export function numberTestSql(test: NumberTest, value: string): string {
  return `${value} ${test.kind === 'number' ? '=' : COMPARE[test.op]} ${sqlNumber(test.value)}`;
}

/** Both sides are RE2; ClickHouse alone lets a dot match a line break unless told otherwise. */
function regexSql(test: Extract<Test, { kind: 'regex' }>, value: string): string {
  const on = ['i', 'm', 's'].filter((flag) => test.flags.includes(flag)).join('');
  const flags = test.flags.includes('s') ? on : `${on}-s`;
  return `match(${value}, ${sqlString(`(?${flags})${translate(test.source)}`)})`;
}

/** A reference to another field, as a condition on one text of each. Numbers are compared apart. */
export function fieldrefSql(test: Extract<Test, { kind: 'fieldref' }>, value: string, other: string): string {
  const left = test.cased ? value : fullyFolded(value);
  const right = test.cased ? other : fullyFolded(other);
  switch (test.op) {
    case 'equals':
      return `${left} = ${right}`;
    case 'startswith':
      return `startsWith(${left}, ${right})`;
    case 'endswith':
      return `endsWith(${left}, ${right})`;
    case 'contains':
      return `position(${left}, ${right}) > 0`;
  }
}
