import type { Condition, Node, Rule, Test } from '../ast.ts';
import { sqlIdentifier, sqlNumber, sqlString } from './literal.ts';
import { containedText, foldedFor } from './pattern-sql.ts';
import type { TableMapping } from './table-mapping.ts';
import { fieldrefSql, type NumberTest, numberTestSql, type TextTest, textTestSql } from './test-sql.ts';

type Item = Extract<Node, { kind: 'item' }>;

/** Most needles that ClickHouse's `multiSearchAny` takes are 255; and as many alternatives stand in one expression. */
const MOST_NEEDLES = 200;

/** Translates one rule under one set of field names. */
export class RuleSql {
  readonly #rule: Rule;
  readonly #columns: TableMapping['columns'];
  readonly #names: Readonly<Record<string, string>>;

  constructor(rule: Rule, columns: TableMapping['columns'], names: Readonly<Record<string, string>>) {
    this.#rule = rule;
    this.#columns = columns;
    this.#names = names;
  }

  /** The rule's condition over one row. */
  condition(condition: Condition = this.#rule.condition): string {
    switch (condition.kind) {
      case 'and':
        return joined(
          'AND',
          condition.of.map((one) => this.condition(one)),
        );
      case 'or':
        return joined(
          'OR',
          condition.of.map((one) => this.condition(one)),
        );
      case 'not':
        return `NOT (${this.condition(condition.of)})`;
      case 'selection':
        return this.#selection(condition.name);
      case 'of':
        return joined(
          condition.quantity === 'all' ? 'AND' : 'OR',
          condition.names.map((name) => this.#selection(name)),
        );
    }
  }

  #selection(name: string): string {
    const node = this.#rule.selections.get(name);
    return node === undefined ? '0' : this.#node(node);
  }

  #node(node: Node): string {
    switch (node.kind) {
      case 'all':
        return joined(
          'AND',
          node.of.map((one) => this.#node(one)),
        );
      case 'any':
        return joined('OR', this.#alternatives(node.of));
      case 'not':
        return `NOT (${this.#node(node.of)})`;
      case 'item':
        return this.#item(node);
    }
  }

  /** Alternatives for one field are asked of each of its values together. */
  #alternatives(nodes: readonly Node[]): string[] {
    const out: string[] = [];
    const byField = new Map<string | null, Item[]>();
    for (const node of nodes) {
      if (node.kind !== 'item' || !isTextTest(node.test)) {
        out.push(this.#node(node));
        continue;
      }
      const known = byField.get(node.field);
      if (known === undefined) byField.set(node.field, [node]);
      else known.push(node);
    }
    for (const [field, items] of byField) {
      const tests = items.map((item) => item.test as TextTest);
      for (let i = 0; i < tests.length; i += MOST_NEEDLES)
        out.push(this.#texts(field, tests.slice(i, i + MOST_NEEDLES)));
    }
    return out;
  }

  #item(item: Item): string {
    const { field, test } = item;
    if (isTextTest(test)) return this.#texts(field, [test]);
    // a keyword is never anything else
    if (field === null) return '0';
    const name = this.#name(field);
    switch (test.kind) {
      case 'null':
        return `NOT mapContains(${this.#fields}, ${name})`;
      case 'exists':
        return `${test.present ? '' : 'NOT '}mapContains(${this.#fields}, ${name})`;
      case 'number':
        return `has(${this.#numbers}[${name}], ${sqlNumber(test.value)})`;
      case 'compare':
        return `arrayExists(n -> ${numberTestSql(test satisfies NumberTest, 'n')}, ${this.#numbers}[${name}])`;
      case 'fieldref': {
        const other = this.#name(test.field);
        const texts = `arrayExists(v -> arrayExists(w -> ${fieldrefSql(test, 'v', 'w')}, ${this.#fields}[${other}]), ${this.#fields}[${name}])`;
        if (test.op !== 'equals') return texts;
        return `(${texts} OR hasAny(${this.#numbers}[${name}], ${this.#numbers}[${other}]))`;
      }
    }
  }

  /** Whether any text of a field, or for keywords any text at all, passes one of the tests. */
  #texts(field: string | null, tests: readonly TextTest[]): string {
    const asked = (value: string) => joined('OR', together(tests, value));
    if (field !== null) return `arrayExists(v -> ${asked('v')}, ${this.#fields}[${this.#name(field)}])`;
    const everywhere = `arrayExists(a -> arrayExists(v -> ${asked('v')}, a), mapValues(${this.#fields}))`;
    if (this.#columns.raw === undefined) return everywhere;
    const raw = sqlIdentifier(this.#columns.raw);
    // an empty column says that there is no raw text, and no text is not an empty one
    return `(${everywhere} OR (${raw} != '' AND (${asked(raw)})))`;
  }

  #name(field: string): string {
    return sqlString(Object.hasOwn(this.#names, field) ? this.#names[field] : field);
  }

  get #fields(): string {
    return sqlIdentifier(this.#columns.fields);
  }

  get #numbers(): string {
    return sqlIdentifier(this.#columns.numbers);
  }
}

function isTextTest(test: Test): test is TextTest {
  return ['pattern', 'boolean', 'regex', 'cidr', 'timepart'].includes(test.kind);
}

/** Plain searches in the same spelling go through the value together. */
function together(tests: readonly TextTest[], value: string): string[] {
  const out: string[] = [];
  const needles = new Map<string, string[]>();
  for (const test of tests) {
    const text = test.kind === 'pattern' ? containedText(test.parts, test.cased) : undefined;
    if (text === undefined || text === '' || test.kind !== 'pattern') {
      out.push(textTestSql(test, value));
      continue;
    }
    const subject = foldedFor(value, text, test.cased);
    needles.set(subject, [...(needles.get(subject) ?? []), sqlString(text)]);
  }
  for (const [subject, texts] of needles) {
    out.push(
      texts.length === 1
        ? `position(${subject}, ${texts[0]}) > 0`
        : `multiSearchAny(${subject}, [${texts.join(', ')}])`,
    );
  }
  return out;
}

/** Joins conditions; none at all is true for AND and false for OR. */
export function joined(operator: 'AND' | 'OR', conditions: readonly string[]): string {
  if (conditions.length === 0) return operator === 'AND' ? '1' : '0';
  return conditions.length === 1 ? conditions[0] : `(${conditions.join(` ${operator} `)})`;
}
