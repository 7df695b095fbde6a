import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { House, pause } from './house.ts';
import { isSound, reckon } from './reckon.ts';
import type { Result } from './result.ts';
import { bulkShipper, relpShipper, syslogShipper } from './shippers.ts';

const HOUR = 3_600_000;

/** Sets the service's clock back an hour under load, kills it an hour behind itself, and sets the clock right again. @param seconds of each part */
export async function clockBack(seconds: number, say: (line: string) => void = () => {}): Promise<Result> {
  const clock = join(tmpdir(), `chaperone-clock-${process.pid}`);
  const set = (ms: number) => writeFileSync(clock, String(ms));
  set(0);
  const preload = new URL('./shifted-clock.ts', import.meta.url).href;
  const house = await House.open({ node: ['--import', preload], env: { SURVIVAL_CLOCK: clock } });
  try {
    const token = await house.source('load', 'http');
    for (const listener of ['syslog', 'relp'] as const) await house.source(listener, listener);
    const shippers = [bulkShipper(house, token, { rest: 50 }), relpShipper(house)];
    // Nothing confirms what it sends, so it ends before the kill.
    const syslog = syslogShipper(house, { rest: 100 });
    const sessionOf = async () => (await house.call<{ state?: string }>('GET', '/session')).state;
    const lags: number[] = [];
    const watch = async (part: string) => {
      const before = shippers.map((one) => one.delivered.length);
      const until = performance.now() + seconds * 1000;
      while (performance.now() < until) {
        lags.push(...(await lagsOf(house)));
        await pause(300);
      }
      const grew = shippers.map((one, i) => one.delivered.length - before[i]);
      say(`${part}: ${grew.join(' and ')} records confirmed, session ${await sessionOf()}`);
      return grew.every((records) => records > 0);
    };
    let going = await watch('right clock');
    set(-HOUR);
    going = (await watch('an hour back')) && going;
    const session = await sessionOf();
    await syslog.stop();
    await pause(1_000);
    await house.end('SIGKILL');
    await house.start();
    going = (await watch('killed and started again, an hour back')) && going;
    const sessionAfter = await sessionOf();
    set(0);
    going = (await watch('right again')) && going;
    await house.end('SIGKILL');
    await house.start();
    await pause(Math.min(2_000, seconds * 500));
    await Promise.all(shippers.map((one) => one.stop()));
    const faults = house.said.split('\n').filter((line) => line.includes('"level":"error"')).length;
    await house.end('SIGTERM');
    const sum = await reckon(house, [...shippers, syslog]);
    const least = Math.min(...lags);
    return {
      trial: 'clock-back',
      passed:
        isSound(sum) && going && least >= 0 && session === 'full' && sessionAfter === 'full' && syslog.breaks === 0,
      figures: {
        'records confirmed in every part': going,
        'session of a person while an hour back, and after a kill': `${session}, ${sessionAfter}`,
        'smallest lag by /metrics, s': least,
        'connections of syslog broken': syslog.breaks,
        'errors in the log': faults,
        ...sum,
      },
    };
  } finally {
    await house.end('SIGKILL');
    house.remove();
  }
}

async function lagsOf(house: House): Promise<number[]> {
  const text = await (await fetch(`http://127.0.0.1:${house.port('console')}/metrics`)).text();
  return [...text.matchAll(/^chaperone_event_lag_seconds\{.*\} (\S+)$/gm)].map(([, value]) => Number(value));
}
