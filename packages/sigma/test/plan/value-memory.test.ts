import { expect, test } from 'vitest';
import { MemoryBudget, ValueMemory } from '../../src/plan/value-memory.ts';

/** Puts a string as often as it takes to be stored. */
function put(memory: ValueMemory, text: string, number: number): void {
  memory.put(text, number);
  memory.put(text, number);
}

test('stores a string when it comes again', () => {
  const memory = new ValueMemory(new MemoryBudget(100));
  memory.put('C:\\Windows\\explorer.exe', 7);
  expect(memory.get('C:\\Windows\\explorer.exe')).toBe(-1);
  memory.put('C:\\Windows\\explorer.exe', 7);
  expect(memory.get('C:\\Windows\\explorer.exe')).toBe(7);
});

test('remembers, and forgets what holds most when the budget is spent', () => {
  const budget = new MemoryBudget(100);
  const small = new ValueMemory(budget);
  const large = new ValueMemory(budget);
  put(small, 'one', 1);
  for (let i = 0; i < 250; i++) put(large, `value ${i}`, i);
  expect(budget.strings).toBeLessThanOrEqual(100);
  expect(budget.flushes).toBeGreaterThan(0);
  expect(small.get('one')).toBe(1);
  expect(large.get('value 249')).toBe(249);
  expect(large.get('value 0')).toBe(-1);
});

test('long strings are not remembered, nor more characters than the budget has', () => {
  const budget = new MemoryBudget(1000);
  const memory = new ValueMemory(budget);
  put(memory, 'x'.repeat(5000), 1);
  expect(memory.get('x'.repeat(5000))).toBe(-1);
  for (let i = 0; i < 100; i++) put(memory, String(i).padEnd(1000), i);
  expect(budget.strings).toBeLessThanOrEqual(64);
});

test('a field that never repeats stops being remembered for a while', () => {
  const budget = new MemoryBudget(1 << 20);
  const memory = new ValueMemory(budget);
  for (let i = 0; i < 20_000; i++) {
    expect(memory.get(`never again ${i}`)).toBe(-1);
    put(memory, `never again ${i}`, i);
  }
  expect(budget.strings).toBeLessThan(5000);
});
