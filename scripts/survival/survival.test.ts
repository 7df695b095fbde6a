import { spawnSync } from 'node:child_process';
import { describe, test } from 'vitest';
import { clockBack } from './clock-back.ts';
import { diskFull } from './disk-full.ts';
import { gone } from './gone.ts';
import { hostileClients } from './hostile-clients.ts';
import { kills } from './kills.ts';
import type { Result } from './result.ts';
import { twoServices } from './two-services.ts';

// The trials of scripts/survival.ts in their shortest form; what the long ones showed is in docs/survival.md.
const mounts =
  process.platform === 'linux' &&
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' }).status === 0;

/** Trials at once: most of a trial is a start, which keeps one core busy, and waiting. */
const AT_ONCE = 2;
let running = 0;
const waiting: (() => void)[] = [];

/** Runs a trial when it is its turn; all that it shows is told where it didn't go as it must. */
async function sound(trial: () => Promise<Result>): Promise<void> {
  if (running >= AT_ONCE) await new Promise<void>((go) => waiting.push(go));
  else running += 1;
  try {
    const result = await trial();
    if (!result.passed) throw new Error(JSON.stringify(result, undefined, 1));
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

describe.concurrent('survives', () => {
  test(
    'killed three times, once at its start: what was confirmed is there, and once',
    () => sound(() => kills(3, { patient: false })),
    360_000,
  );

  test(
    'without PostgreSQL for a few seconds: 503 with the time to wait, and nothing lost',
    () => sound(() => gone('postgres', 'ended', 0.07)),
    360_000,
  );

  test.skipIf(!mounts)(
    'a full disk, and room again: said in words, nothing lost',
    () => sound(() => diskFull(2)),
    360_000,
  );

  test(
    'the clock set back an hour: sessions, lags and events as they must be',
    () => sound(() => clockBack(1.5)),
    360_000,
  );

  test('a second service on the same data folder says so and leaves', () => sound(() => twoServices()), 360_000);
});

test('hostile clients: an honest one goes on', () => sound(() => hostileClients(4)), 360_000);
