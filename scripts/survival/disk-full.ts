import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { House, pause } from './house.ts';
import { isSound, reckon } from './reckon.ts';
import type { Result } from './result.ts';
import { bulkShipper, relpShipper, syslogShipper } from './shippers.ts';

/** MiB of the disk on which the data folder lies. */
const DISK = 1_200;

/**
 * Fills the disk of the data folder under load: first up to the reserve that the service keeps, then, at one blow, to the last byte, so that
 * PostgreSQL and ClickHouse meet the end of the disk themselves; then there is room again.
 *
 * @param seconds that each of the two lasts
 */
export async function diskFull(seconds: number, say: (line: string) => void = () => {}): Promise<Result> {
  const disk = mkdtempSync(join(tmpdir(), 'chaperone-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}m,mode=711`, 'tmpfs', disk], {
    encoding: 'utf8',
  });
  if (mounted.status !== 0) throw new Error(`a small disk can't be mounted here: ${mounted.stderr}`);
  chmodSync(disk, 0o711);
  const house = await House.open({ data: join(disk, 'data') });
  const ballast = join(disk, 'ballast');
  const free = () => {
    const { bavail, bsize } = statfsSync(disk);
    return bavail * bsize;
  };
  try {
    const token = await house.source('load', 'http');
    for (const listener of ['syslog', 'relp'] as const) await house.source(listener, listener);
    const shippers = [
      // The service asks to come again in ten seconds: the short trial doesn't wait for that.
      bulkShipper(house, token, { rest: 50, longest: Math.min(10_000, seconds * 500) }),
      relpShipper(house),
      syslogShipper(house, { rest: 100 }),
    ];
    const delivered = () => shippers[0].delivered.length + shippers[1].delivered.length;
    const phases: Record<string, string | number> = {};
    let sound = true;
    const calm = Math.min(3_000, seconds * 500);
    await pause(calm);
    for (const [phase, leave] of [
      ['to the reserve', 96 * 2 ** 20],
      ['to the last byte', 0],
    ] as const) {
      const before = delivered();
      // Stores give back some of what they hold: it is taken at once.
      const filling = setInterval(() => fill(ballast, () => free() - leave), 200);
      await pause(Math.min(2_500, seconds * 750));
      const full = delivered();
      const statuses = new Map<number, number>();
      let words = '';
      const until = performance.now() + seconds * 1000;
      while (performance.now() < until) {
        const { status, text } = await house.look('/readyz');
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status !== 200) words = (JSON.parse(text) as { detail: string }).detail;
        await pause(500);
      }
      const meanwhile = delivered() - full;
      const left = free();
      clearInterval(filling);
      rmSync(ballast);
      const begun = performance.now();
      const marks = shippers.map((one) => one.delivered.length);
      while (
        shippers.some((one, i) => one.delivered.length === marks[i]) ||
        (await house.look('/readyz')).status !== 200
      ) {
        if (performance.now() - begun > 90_000) {
          sound = false;
          break;
        }
        await pause(100);
      }
      sound &&= (statuses.get(503) ?? 0) > 0 && words.includes('disk');
      phases[`${phase}: records confirmed before, while full`] = `${full - before}, ${meanwhile}`;
      phases[`${phase}: MiB left, at the end of it`] = Math.round(left / 2 ** 20);
      phases[`${phase}: /readyz`] = [...statuses].map(([status, n]) => `${status}: ${n}`).join(', ');
      phases[`${phase}: /readyz says`] = words;
      phases[`${phase}: all deliver again after room, s`] = ((performance.now() - begun) / 1000).toFixed(1);
      say(`${phase}: “${words}”`);
      await pause(calm);
    }
    await Promise.all(shippers.map((one) => one.stop()));
    const refused = await house.refused();
    const log = house.said.split('\n').filter((line) => line.startsWith('{'));
    const told = log.filter((line) => /disk/.test(line) && /"level":"error"/.test(line)).length;
    await house.end('SIGTERM');
    const sum = await reckon(house, shippers);
    const breaks = shippers[2].breaks;
    return {
      trial: 'disk-full',
      passed:
        sound &&
        isSound(sum) &&
        !refused.has('fault') &&
        !refused.has('not_stored') &&
        breaks === 0 &&
        told > 0 &&
        shippers[0].unsaid === 0,
      figures: {
        ...phases,
        'answers to _bulk': [...shippers[0].answers].map(([status, n]) => `${status}: ${n}`).join(', '),
        'refused, by /metrics': [...refused].map(([reason, n]) => `${reason}: ${n}`).join(', '),
        'connections of syslog broken': breaks,
        'lines of log, of them about the disk': `${log.length}, ${told}`,
        ...sum,
      },
    };
  } finally {
    await house.end('SIGKILL');
    await pause(1_000);
    spawnSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true, force: true });
    house.remove();
  }
}

/** Writes zeros until nothing is left of `room`, or the disk takes no more. */
function fill(file: string, room: () => number): void {
  const to = openSync(file, 'a');
  const block = Buffer.alloc(1 << 20);
  try {
    for (let left = room(); left > 0; left = room()) writeSync(to, block, 0, Math.min(block.length, left));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(to);
  }
}
