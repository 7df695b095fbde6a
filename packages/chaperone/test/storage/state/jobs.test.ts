import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Jobs, openJobs, StoreUnavailable } from '../../../src/storage/index.ts';
import { type TestState, testState } from '../../../testkit/storage/test-state.ts';

let state: TestState;
const open: Jobs[] = [];
beforeAll(async () => {
  state = await testState({ safe: true });
});
afterAll(async () => {
  await Promise.all(open.map((jobs) => jobs.stop(1)));
  await state?.close();
});

const until = async (holds: () => boolean) => {
  for (let i = 0; i < 400; i += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('waited in vain');
};
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function nodes(count: number): Promise<{ jobs: Jobs[]; url: string; log: string[] }> {
  const { url } = await state.fresh();
  const log: string[] = [];
  const jobs: Jobs[] = [];
  for (let i = 0; i < count; i += 1) jobs.push(await openJobs({ url }, { log: (line) => log.push(line) }));
  open.push(...jobs);
  return { jobs, url, log };
}

test('each job is done once, by whichever node comes first', async () => {
  const { jobs } = await nodes(2);
  const done: { node: number; n: number }[] = [];
  for (const [node, one] of jobs.entries())
    await one.handle<{ n: number }>('count', async ({ n }) => void done.push({ node, n }), { atOnce: 2 });
  for (let n = 0; n < 12; n += 1) await jobs[n % 2].enqueue('count', { n });
  await until(() => done.length >= 12);
  await pause(500);
  expect(done.map(({ n }) => n).sort((a, b) => a - b)).toEqual([...Array(12).keys()]);
  expect(new Set(done.map(({ node }) => node)).size).toBe(2);
});

test('of one key one runs and one waits; what is asked for meanwhile joins the one that waits and is not lost', async () => {
  const { jobs } = await nodes(2);
  let running = 0;
  let most = 0;
  let runs = 0;
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  for (const one of jobs)
    await one.handle(
      'rejudge',
      async () => {
        running += 1;
        runs += 1;
        most = Math.max(most, running);
        await gate;
        running -= 1;
      },
      { atOnce: 2 },
    );
  await jobs[0].enqueue('rejudge', {}, { singletonKey: 'a' });
  await until(() => running === 1);
  for (let i = 0; i < 5; i += 1) await jobs[i % 2].enqueue('rejudge', {}, { singletonKey: 'a' });
  await pause(2500);
  expect([runs, most]).toEqual([1, 1]);
  go();
  await until(() => runs === 2);
  await pause(1500);
  expect([runs, most]).toEqual([2, 1]);
});

test('a job that fails is told and tried again, and one for later waits', async () => {
  const { jobs, log } = await nodes(1);
  const at: number[] = [];
  let tries = 0;
  await jobs[0].handle('later', async () => void at.push(Date.now()));
  await jobs[0].handle('shaky', async () => {
    tries += 1;
    if (tries === 1) throw new Error('the feed is away');
  });
  const asked = Date.now();
  await jobs[0].enqueue('later', {}, { startAfter: 2 });
  await jobs[0].enqueue('shaky', {});
  await until(() => tries === 2 && at.length === 1);
  expect(at[0] - asked).toBeGreaterThan(1900);
  expect(log).toEqual(['job shaky: the feed is away']);
}, 40_000);

test('what is scheduled happens once a period over all nodes; a cron expression that is none is refused', async () => {
  const { jobs } = await nodes(2);
  const at: number[] = [];
  for (const one of jobs) await one.schedule('beat', 2, async () => void at.push(Date.now()));
  await pause(7000);
  expect(at.length).toBeGreaterThanOrEqual(2);
  expect(at.length).toBeLessThanOrEqual(5);
  await jobs[0].schedule('nightly', '15 3 * * *', async () => {});
  await expect(jobs[0].schedule('never', '99 99 * * *', async () => {})).rejects.toThrow();
}, 20_000);

test('jobs outlive a PostgreSQL that goes away, which is told as StoreUnavailable', async () => {
  const { jobs, log } = await nodes(1);
  const done: number[] = [];
  await jobs[0].handle<{ n: number }>('kept', async ({ n }) => void done.push(n));
  await jobs[0].enqueue('kept', { n: 1 }, { startAfter: 3 });
  process.kill(state.server.pid ?? 0, 'SIGKILL');
  await expect(
    (async () => {
      for (let i = 0; i < 100; i += 1) await jobs[0].enqueue('kept', { n: 2 }, { singletonKey: 'two', startAfter: 3 });
    })(),
  ).rejects.toBeInstanceOf(StoreUnavailable);
  await until(() => done.includes(1));
  await jobs[0].enqueue('kept', { n: 3 });
  await until(() => done.includes(3));
  expect(log.length).toBeGreaterThan(0);
}, 40_000);

test('stopping waits for what runs', async () => {
  const { jobs, url } = await nodes(1);
  let ended = false;
  let began = false;
  await jobs[0].handle('slow', async () => {
    began = true;
    await pause(1000);
    ended = true;
  });
  await jobs[0].enqueue('slow', {});
  await until(() => began);
  await jobs[0].stop();
  open.splice(open.indexOf(jobs[0]), 1);
  expect(ended).toBe(true);
  const again = await openJobs({ url });
  open.push(again);
  let runs = 0;
  await again.handle('slow', async () => {
    runs += 1;
  });
  await pause(2500);
  expect(runs).toBe(0);
});
