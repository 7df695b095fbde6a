import { describe, expect, it } from 'vitest';
import { timePart } from '../src/evaluate/timestamp.ts';
import { evaluate, objectAccess } from '../src/index.ts';
import { holds, oneRule } from './one-rule.ts';

describe('the plain evaluator', () => {
  it('reads the fields of the source where they are named otherwise, in references too', () => {
    const rule = oneRule('s:\n  Image|endswith: x.exe\n  User|fieldref: Owner\ncondition: s');
    const event = objectAccess({ NewProcessName: 'C:\\x.exe', SubjectUserName: 'Bob', OwnerName: 'bob' });
    const fields = { Image: 'NewProcessName', User: 'SubjectUserName', Owner: 'OwnerName' };
    expect(evaluate(rule, event, fields)).toBe(true);
    expect(evaluate(rule, event)).toBe(false);
  });

  it('reaches into objects by dotted names, and an own key comes first', () => {
    expect(holds('a.b: x', { a: { b: 'x' } })).toBe(true);
    expect(holds('a.b: x', { 'a.b': 'y', a: { b: 'x' } })).toBe(false);
    expect(holds('a.b: x', { a: [{ b: 'y' }, { b: 'x' }] })).toBe(true);
    expect(holds('constructor: x', {})).toBe(false);
    expect(holds('a: null', { a: { b: 1 } })).toBe(false);
    expect(holds("a: '*'", { a: { b: 1 } })).toBe(false);
  });

  it('is not led astray by deep or circular values', () => {
    const circle: unknown[] = [];
    circle.push(circle, 'x');
    expect(holds('F: x', { F: circle })).toBe(true);
    expect(holds('F: y', { F: circle })).toBe(false);
    let deep: unknown = 'x';
    for (let i = 0; i < 100_000; i++) deep = [deep];
    expect(holds('F: x', { F: deep })).toBe(false);
    expect(holds('- x', { F: deep })).toBe(false);
  });
});

describe('times', () => {
  it('are read as they are written, or in UTC where they are numbers', () => {
    const parts = (value: unknown) =>
      (['year', 'month', 'day', 'hour', 'minute'] as const).map((part) => timePart(value, part));
    const noon = [2024, 3, 5, 12, 34];
    for (const text of [
      '2024-03-05T12:34:56Z',
      '2024-03-05 12:34',
      '2024/03/05 12:34:56.789',
      ' 2024-03-05T12:34:00+09:00',
      '[05/Mar/2024:12:34:56 +0100]',
    ]) {
      expect(parts(text), text).toEqual(noon);
    }
    const ms = Date.UTC(2024, 2, 5, 12, 34);
    for (const value of [ms / 1e3, ms, ms * 1e3, BigInt(ms) * 1_000_000n, new Date(ms), String(ms)])
      expect(parts(value), String(value)).toEqual(noon);
    expect(parts('2024-03-05')).toEqual([2024, 3, 5, undefined, undefined]);
    for (const value of ['', 'noon', '2024-13-05', '2024-03-32', '5/3/2024', true, null, {}, Number.NaN, -1]) {
      expect(timePart(value, 'year'), String(value)).toBeUndefined();
    }
  });

  it('have the weeks of ISO 8601', () => {
    const weeks = {
      '2020-12-31': 53,
      '2021-01-03': 53,
      '2021-01-04': 1,
      '2024-12-29': 52,
      '2024-12-30': 1,
      '2023-01-01': 52,
    };
    for (const [day, week] of Object.entries(weeks)) expect(timePart(day, 'week'), day).toBe(week);
  });
});
