import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Rule } from '../../src/ast.ts';
import { loadRules } from '../../src/load/load-rules.ts';
import { sqlIdentifier, sqlNumber, sqlString } from '../../src/sql/literal.ts';
import { toClickHouse } from '../../src/sql/to-clickhouse.ts';
import { chdbRuns } from '../../testkit/chdb.ts';
import { EventTable, TABLE } from '../../testkit/event-table.ts';

function ruleOf(detection: string, logsource = '{product: windows}'): Rule {
  const text = `title: T\nlogsource: ${logsource}\ndetection: ${detection}\n`;
  const { rules, refused } = loadRules([{ file: 't.yml', text }]);
  expect(refused).toEqual([]);
  return rules[0];
}

const where = (rule: Rule) => {
  const query = toClickHouse(rule, TABLE);
  if (!('where' in query)) throw new Error(query.message);
  return query.where;
};

describe('the text', () => {
  test.each([
    [
      `{s: {Image|endswith: '\\cmd.exe'}, condition: s}`,
      "arrayExists(v -> endsWith(lower(replaceAll(v, '\u212a', 'k')), '\\\\cmd.exe'), `fields`['Image'])".replace(
        "lower(replaceAll(v, '\u212a', 'k'))",
        'lower(v)',
      ),
    ],
    [`{s: {EventID: 4688}, condition: s}`, "has(`numbers`['EventID'], 4688.0)"],
    [`{s: {User: null}, condition: not s}`, "NOT (NOT mapContains(`fields`, 'User'))"],
    [
      `{s: {A|contains: [x, y]}, condition: s}`,
      "arrayExists(v -> multiSearchAny(lower(v), ['x', 'y']), `fields`['A'])",
    ],
    [
      `{s: {A|contains|all: [x, y]}, condition: s}`,
      "(arrayExists(v -> position(lower(v), 'x') > 0, `fields`['A']) AND arrayExists(v -> position(lower(v), 'y') > 0, `fields`['A']))",
    ],
    [`{s: {A|re|i: 'a.c'}, condition: s}`, "arrayExists(v -> match(v, '(?i-s)a.c'), `fields`['A'])"],
  ])('%s', (detection, sql) => {
    expect(where(ruleOf(detection))).toBe(sql);
  });

  test('half a character is refused with a reason', () => {
    const rule = ruleOf('{s: {A: x}, condition: s}');
    const node = rule.selections.get('s')!;
    const test = { kind: 'pattern', parts: [{ kind: 'text', text: '\ud800' }], cased: true } as const;
    const broken = { ...rule, selections: new Map([['s', { ...node, test } as typeof node]]) };
    expect(toClickHouse(broken, TABLE)).toMatchObject({ code: 'sql-text', rule: 'T', severity: 'error' });
  });

  test('a mapping that contradicts itself is the caller’s mistake', () => {
    const rule = ruleOf('{s: {A: x}, condition: s}');
    const { kind: _, ...columns } = TABLE.columns;
    expect(() => toClickHouse(rule, { ...TABLE, columns, kinds: [] })).toThrow(TypeError);
    expect(() => sqlIdentifier('')).toThrow(TypeError);
    expect(() => sqlNumber(Number.POSITIVE_INFINITY)).toThrow('compares with');
  });
});

describe.skipIf(!(await chdbRuns()))('in chDB', () => {
  let table: EventTable;
  beforeAll(async () => {
    table = await EventTable.open();
  });
  afterAll(() => table.close());

  test('every character survives a literal', async () => {
    let all = '';
    for (let code = 0; code < 0x180; code++) all += String.fromCharCode(code);
    all += `\u2028\u2029\ufeff😀'"\`\\\\' OR 1=1 --{p:String}$$heredoc$$/* */`;
    const [row] = await table.rows<{ text: string; length: string }>(
      `SELECT ${sqlString(all)} AS text, length(text) AS length`,
    );
    expect(row.text).toBe(all);
    expect(Number(row.length)).toBe(Buffer.byteLength(all));
  });

  test('every identifier is one', async () => {
    for (const name of [
      'a`b',
      'a\\b',
      "a'b",
      'a"b',
      'a b',
      'select',
      'a\nb',
      'ä',
      '`',
      '\\',
      '\\`',
      '`; DROP TABLE events; --',
    ]) {
      const [row] = await table.rows<Record<string, number>>(`SELECT 1 AS ${sqlIdentifier(name)}`);
      expect(Object.keys(row)).toEqual([name]);
    }
  });

  test('log sources decide the rows and the names of fields', async () => {
    await table.clear();
    await table.insert([
      { kind: 'sysmon/1', time: 3, fields: { Image: 'C:\\cmd.exe' } },
      { kind: 'security/4688', time: 2, fields: { NewProcessName: 'C:\\CMD.EXE' } },
      { kind: 'security/4688', time: 1, fields: { Image: 'C:\\cmd.exe' } },
      { kind: 'linux', time: 0, fields: { Image: 'C:\\cmd.exe' } },
    ]);
    const kinds = [
      {
        key: 'sysmon/1',
        offers: [
          { product: 'windows', category: 'process_creation' },
          { product: 'Windows', service: 'sysmon' },
        ],
      },
      {
        key: 'security/4688',
        offers: [{ product: 'windows', category: 'process_creation', fields: { Image: 'NewProcessName' } }],
      },
      { key: 'linux', offers: [{ product: 'linux', category: 'process_creation' }] },
    ];
    const ids = async (logsource: string) => {
      const query = toClickHouse(ruleOf("{s: {Image|endswith: '\\cmd.exe'}, condition: s}", logsource), {
        ...TABLE,
        kinds,
      });
      if (!('select' in query)) throw new Error(query.message);
      return (await table.rows<{ id: string }>(query.select)).map(({ id }) => Number(id));
    };
    // in the order of time
    expect(await ids('{product: windows, category: process_creation}')).toEqual([1, 0]);
    expect(await ids('{service: sysmon}')).toEqual([0]);
    expect(await ids('{category: process_creation}')).toEqual([3, 1, 0]);
    expect(await ids('{product: macos}')).toEqual([]);
  });
});
