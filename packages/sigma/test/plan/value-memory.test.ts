import { expect, test } from 'vitest';
import { MemoryBudget, ValueMemory } from '../../src/plan/value-memory.ts';

test('remembers, and forgets what holds most when the budget is spent', () => {
  const budget = new MemoryBudget(100);
  const small = new ValueMemory(budget);
  const large = new ValueMemory(budget);
  small.put('one', 1);
  for (let i = 0; i < 250; i++) large.put(`value ${i}`, i);
  expect(budget.strings).toBeLessThanOrEqual(100);
  expect(budget.flushes).toBeGreaterThan(0);
  expect(small.get('one')).toBe(1);
  expect(large.get('value 249')).toBe(249);
  expect(large.get('value 0')).toBe(-1);
});

test('long strings are not remembered, nor more characters than the budget has', () => {
  const budget = new MemoryBudget(1000);
  const memory = new ValueMemory(budget);
  memory.put('x'.repeat(5000), 1);
  expect(memory.get('x'.repeat(5000))).toBe(-1);
  for (let i = 0; i < 100; i++) memory.put(String(i).padEnd(1000), i);
  expect(budget.strings).toBeLessThanOrEqual(64);
});

test('a field that never repeats stops being remembered for a while', () => {
  const budget = new MemoryBudget(1 << 20);
  const memory = new ValueMemory(budget);
  for (let i = 0; i < 20_000; i++) {
    expect(memory.get(`never again ${i}`)).toBe(-1);
    memory.put(`never again ${i}`, i);
  }
  expect(budget.strings).toBeLessThan(5000);
});
