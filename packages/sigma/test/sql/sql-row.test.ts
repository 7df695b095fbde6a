import { expect, test } from 'vitest';
import { sqlRow } from '../../src/sql/sql-row.ts';

test('every path that a rule could name is a field', () => {
  const row = sqlRow({
    a: { b: 1, 'c.d': 'x' },
    list: [{ b: 2 }, { b: ['0x10', null] }, 'plain'],
    gone: null,
    empty: [],
    blank: '',
    'a.b': 'own',
  });
  expect({ ...row.fields }).toEqual({
    a: [],
    'a.b': ['own'],
    'a.c.d': ['x'],
    list: ['plain'],
    'list.b': ['2', '0x10'],
    blank: [''],
    // behind an own key of the same name: only keywords see it
    '': ['1'],
  });
  expect({ ...row.numbers }).toEqual({ 'list.b': [2, 16] });
  expect(row.raw).toBe('');
});

test('odd names and half characters do no harm', () => {
  const row = sqlRow(JSON.parse('{"__proto__": "x", "a": "\\ud800"}'), 'raw \udc00');
  expect(Object.entries(row.fields)).toEqual([
    ['__proto__', ['x']],
    ['a', ['\ufffd']],
  ]);
  expect(row.raw).toBe('raw \ufffd');
});

test('an event nested without end stays bounded', () => {
  let deep: unknown = 'x';
  for (let i = 0; i < 10_000; i++) deep = { a: deep };
  const begun = performance.now();
  expect(Object.keys(sqlRow(deep as Record<string, unknown>).fields).length).toBeLessThanOrEqual(64);
  expect(performance.now() - begun).toBeLessThan(1000);
});
