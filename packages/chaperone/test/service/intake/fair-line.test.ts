import { expect, test } from 'vitest';
import { FairLine } from '../../../src/service/intake/fair-line.ts';

/** A worker that does one thing after the other, on a clock of its own. */
function worker() {
  let clock = 0;
  const queue: [ms: number, done: () => void][] = [];
  return {
    now: () => clock,
    work: (ms: number) => () => new Promise<void>((done) => queue.push([ms, done])),
    async run(most = Number.POSITIVE_INFINITY) {
      for (let done = 0; queue.length > 0 && done < most; done += 1) {
        const [ms, tell] = queue.shift()!;
        clock += ms;
        tell();
        // What was told gives the next one.
        for (let i = 0; i < 10; i += 1) await Promise.resolve();
      }
    },
  };
}

test('who brings little is done after at most what was given ahead, however much somebody else has waiting', async () => {
  const it = worker();
  const line = new FairLine(2, it.now);
  const done: string[] = [];
  const bring = (who: string, ms: number) => void line.run(who, it.work(ms)).then(() => done.push(who));
  for (let i = 0; i < 50; i += 1) bring('greedy', 100);
  bring('honest', 1);
  await it.run(4);
  expect(done).toEqual(['greedy', 'greedy', 'honest', 'greedy']);
});

test('of two who always have something waiting each gets half of the time, not half of the turns', async () => {
  const it = worker();
  const line = new FairLine(2, it.now);
  const had = { heavy: 0, light: 0 };
  const bring = (who: 'heavy' | 'light', ms: number) =>
    void line.run(who, it.work(ms)).then(() => {
      had[who] += ms;
      bring(who, ms);
    });
  for (let i = 0; i < 5; i += 1) {
    bring('heavy', 100);
    bring('light', 5);
  }
  await it.run(2_000);
  expect(had.heavy / (had.heavy + had.light)).toBeCloseTo(0.5, 1);
});

test('who was away has saved nothing up, and what fails gives its turn on', async () => {
  const it = worker();
  const line = new FairLine(1, it.now);
  const done: string[] = [];
  const bring = (who: string) => void line.run(who, it.work(10)).then(() => done.push(who));
  for (let i = 0; i < 40; i += 1) bring('steady');
  await it.run(20);
  for (let i = 0; i < 10; i += 1) bring('new');
  await it.run(12);
  expect(done.slice(20).filter((who) => who === 'new').length).toBeLessThanOrEqual(7);
  const failed = line.run('bad', () => Promise.reject(new Error('no'))).catch((error: Error) => error.message);
  await it.run();
  expect(await failed).toBe('no');
  expect(done).toHaveLength(50);
});
