import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Correlation, Rule } from '../../src/ast.ts';
import { createCorrelator } from '../../src/correlation/correlator.ts';
import type { CorrelationMatch } from '../../src/correlation/match.ts';
import { fold } from '../../src/fold.ts';
import { correlationToClickHouse } from '../../src/sql/correlation-sql.ts';
import { chdbRuns } from '../../testkit/chdb.ts';
import { EventTable, TABLE } from '../../testkit/event-table.ts';
import { base, input } from '../correlation/arbitraries.ts';
import { correlation, rule, setOf } from '../correlation/build.ts';

const seed = Number(process.env.CHAPERONE_SEED ?? 20261125);
/** `CHAPERONE_EFFORT=10` tries ten times as many */
const EFFORT = Number(process.env.CHAPERONE_EFFORT ?? 1);
const SPAN = { line: 1, column: 1 };

/** A rule for events whose field `which` is its name. */
const RULES = ['a', 'b', 'c'].map((name): Rule => {
  const test = { kind: 'pattern', parts: [{ kind: 'text', text: name }], cased: false } as const;
  const item = { kind: 'item', field: 'which', key: 'which', written: name, test, span: SPAN } as const;
  return { ...rule(name), selections: new Map([['s', item]]), condition: { kind: 'selection', name: 's' } };
});

interface Row {
  readonly group: Record<string, string> | string[];
  readonly fired: string;
  readonly end: string;
  readonly value: number;
}

const runs = await chdbRuns();

describe.skipIf(!runs)('correlations in SQL', () => {
  let table: EventTable;
  beforeAll(async () => {
    table = await EventTable.open();
  });
  afterAll(() => table.close());

  test('find the runs that the correlator finds', async () => {
    const cases = fc.sample(fc.tuple(base, fc.array(input(false), { minLength: 5, maxLength: 60 })), {
      seed,
      numRuns: 30 * EFFORT,
    });
    let found = 0;
    for (const [parts, inputs] of cases) {
      const one = correlation('x', parts as Partial<Correlation>);
      const set = setOf(RULES, [one]);
      const query = correlationToClickHouse(set, one, TABLE);
      const matches: CorrelationMatch[] = [];
      const correlator = createCorrelator(set, { onMatch: (match) => matches.push(match) });
      expect('select' in query).toBe(correlator.refused.length === 0);
      if (!('select' in query)) continue;
      const events = inputs.map(({ rule: index, time, fields }) => ({
        time,
        fields: { ...fields, which: 'abc'[index] },
      }));
      await table.clear();
      await table.insert(events);
      for (const { rule: index, time, fields } of inputs) {
        const needs = correlator.needs(RULES[index]);
        if (needs === undefined) continue;
        correlator.add({ rule: index, time, values: needs.map((name) => fields[name as 'n']), ref: 0 });
      }
      correlator.finish();
      const rows = await table.rows<Row>(query.select);
      const text = (group: string[], fired: number, end: number, value: number) =>
        JSON.stringify({ group, fired, end, value: Math.round(value * 1e6) / 1e6 });
      const groupless = one.groupBy.length === 0;
      const fromSql = rows.map((row) =>
        text(groupless ? [] : Object.values(row.group), Number(row.fired), Number(row.end), row.value),
      );
      const expected = matches.map((match) =>
        text(Object.values(match.group).map(fold), match.fired, match.end, match.value),
      );
      found += expected.length;
      expect(fromSql.sort(), `${query.select}\n${JSON.stringify(parts)}`).toEqual(expected.sort());
    }
    expect(found).toBeGreaterThan(20);
  });

  test('aliases and log sources decide which field names the group', async () => {
    const kinds = [
      { key: 'one', offers: [{ category: 'x' }, { category: 'x', fields: { which: 'other' } }] },
      { key: 'two', offers: [{ category: 'x', fields: { user: 'account', which: 'name' } }] },
    ];
    const one = correlation('x', {
      rules: ['a', 'b'],
      groupBy: ['who'],
      timespan: 10,
      condition: [{ op: 'gte', value: 3 }],
      aliases: new Map([
        [
          'who',
          new Map([
            ['a', 'user'],
            ['id-b', 'actor'],
          ]),
        ],
      ]),
    });
    const query = correlationToClickHouse(setOf(RULES, [one]), one, { ...TABLE, kinds });
    if (!('select' in query)) throw new Error(query.message);
    await table.clear();
    await table.insert([
      // fits the rule under both sets of names, and is one event
      { kind: 'one', time: 1, fields: { which: 'a', other: 'a', user: 'Eve' } },
      { kind: 'two', time: 2, fields: { name: 'a', account: 'EVE' } },
      { kind: 'one', time: 3, fields: { which: 'b', actor: 'eve' } },
      { kind: 'two', time: 4, fields: { name: 'b', actor: 'bob' } },
      { kind: 'three', time: 5, fields: { which: 'a', user: 'eve' } },
    ]);
    const rows = await table.rows<Row>(query.select);
    expect(
      rows.map(({ group, fired, end, value }) => [Object.values(group), Number(fired), Number(end), value]),
    ).toEqual([[['eve'], 3, 3, 3]]);
  });

  test('chains are refused with a reason', () => {
    const inner = correlation('inner', { rules: ['a'], condition: [{ op: 'gte', value: 2 }] });
    const outer = correlation('outer', { rules: ['inner'], condition: [{ op: 'gte', value: 2 }] });
    const query = correlationToClickHouse(setOf(RULES, [outer, inner]), outer, TABLE);
    expect(query).toMatchObject({ code: 'sql-chain', rule: 'Correlation outer' });
  });
});
