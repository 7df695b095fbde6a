import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { House, pause } from './house.ts';
import { isSound, reckon } from './reckon.ts';
import type { Result } from './result.ts';
import { clickhouse, postgres, type Server } from './servers.ts';
import { bulkShipper, quantile, relpShipper, syslogShipper } from './shippers.ts';

/** `ended`: killed and started again; `hangs`: keeps its connections and answers nothing (SIGSTOP). */
export type How = 'ended' | 'hangs';
/** `chdb` is the event store that the service runs itself: its process, which the service starts again whenever it dies. */
export type Store = 'postgres' | 'clickhouse' | 'chdb';

/** Takes a store away under load for so long and gives it back. */
export async function gone(
  store: Store,
  how: How,
  minutes: number,
  say: (line: string) => void = () => {},
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-gone-'));
  chmodSync(folder, 0o711);
  let server: Server | undefined;
  if (store === 'postgres') server = await postgres(join(folder, 'postgres'));
  if (store === 'clickhouse') server = await clickhouse(join(folder, 'clickhouse'));
  const options = server === undefined ? {} : store === 'postgres' ? { state: server.url } : { events: server.url };
  const house = await House.open(options);
  try {
    const token = await house.source('load', 'http');
    for (const listener of ['syslog', 'syslog-tls', 'relp'] as const) await house.source(listener, listener);
    const paced = { rest: 100 };
    const shippers = [
      bulkShipper(house, token, paced),
      bulkShipper(house, token, paced),
      relpShipper(house),
      syslogShipper(house, { ...paced, tls: false }),
      syslogShipper(house, { ...paced, tls: true }),
    ];
    const [bulk] = shippers;
    const delivered = () => shippers[0].delivered.length + shippers[1].delivered.length + shippers[2].delivered.length;
    const calm = Math.min(5_000, 1_000 + minutes * 10_000);
    await pause(calm);
    const before = await house.look('/readyz');
    const beforeGone = delivered();
    say(`before: ${beforeGone} records confirmed, /readyz ${before.status}`);

    const stop = await takeAway(house, store, server, how);
    await pause(500);
    const taken = delivered();
    const answersBefore = new Map(bulk.answers);
    const until = performance.now() + minutes * 60_000;
    const readyz = new Map<number, number>();
    const healthz = new Map<number, number>();
    let words = '';
    while (performance.now() < until) {
      const ready = await house.look('/readyz');
      readyz.set(ready.status, (readyz.get(ready.status) ?? 0) + 1);
      if (ready.status !== 200) words = (JSON.parse(ready.text) as { detail: string }).detail;
      const health = await house.look('/healthz');
      healthz.set(health.status, (healthz.get(health.status) ?? 0) + 1);
      await pause(Math.min(1_000, minutes * 6_000));
    }
    const meanwhile = delivered() - taken;
    const peak = house.memory();
    const answers = [...bulk.answers].map(([status, n]) => [status, n - (answersBefore.get(status) ?? 0)] as const);
    say(`gone: /readyz says “${words}”`);
    await stop();

    const back = performance.now();
    while ((await house.look('/readyz')).status !== 200) await pause(100);
    const ready = performance.now() - back;
    const marks = shippers.map((one) => one.delivered.length);
    while (shippers.some((one, i) => one.delivered.length === marks[i]) && performance.now() - back < 120_000)
      await pause(100);
    const caughtUp = performance.now() - back;
    await pause(calm);
    await Promise.all(shippers.map((one) => one.stop()));
    await pause(1_000);
    const refused = await house.refused();
    const log = house.said.split('\n').filter((line) => line.startsWith('{'));
    say(`the log: ${commonest(log)}`);
    await house.end('SIGTERM');
    const sum = await reckon(house, shippers, options);
    const breaks = shippers.slice(3).reduce((all, one) => all + one.breaks, 0);
    const unsaid = shippers[0].unsaid + shippers[1].unsaid;
    const other = [...bulk.answers.keys()].filter((status) => status !== '200' && status !== '503');
    return {
      trial: `${store} ${how}`,
      passed:
        isSound(sum) &&
        !refused.has('fault') &&
        !refused.has('not_stored') &&
        breaks === 0 &&
        unsaid === 0 &&
        other.length === 0 &&
        [...healthz.keys()].join() === '200' &&
        (store === 'chdb' && how === 'ended' ? true : (readyz.get(503) ?? 0) > 0) &&
        marks.every((mark, i) => shippers[i].delivered.length > mark),
      figures: {
        'minutes without it': minutes,
        'answers to one shipper while gone': answers.map(([status, n]) => `${status}: ${n}`).join(', '),
        '503 without Retry-After': unsaid,
        'records confirmed while gone': meanwhile,
        '/readyz while gone': [...readyz].map(([status, n]) => `${status}: ${n}`).join(', '),
        '/readyz says': words,
        '/healthz while gone': [...healthz].map(([status, n]) => `${status}: ${n}`).join(', '),
        'lines of log': log.length,
        'memory of all processes, MiB': Math.round(peak / 2 ** 20),
        'ready after its return, s': (ready / 1000).toFixed(1),
        'all shippers delivered again after, s': (caughtUp / 1000).toFixed(1),
        'refused, by /metrics': [...refused].map(([reason, n]) => `${reason}: ${n}`).join(', '),
        'connections of syslog broken': breaks,
        'wait of _bulk before and after, p50, ms': Math.round(quantile(bulk.waits, 0.5)),
        ...sum,
      },
    };
  } finally {
    await house.end('SIGKILL');
    server?.send('SIGCONT');
    await server?.end('SIGKILL');
    house.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a log says most, with how often. */
function commonest(log: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const line of log) {
    const { msg } = JSON.parse(line) as { msg: string };
    counts.set(msg, (counts.get(msg) ?? 0) + 1);
  }
  const most = [...counts].sort(([, a], [, b]) => b - a).slice(0, 3);
  return most.map(([message, n]) => `${n} times “${message.slice(0, 120)}”`).join(', ');
}

/** @returns what brings it back */
async function takeAway(
  house: House,
  store: Store,
  server: Server | undefined,
  how: How,
): Promise<() => Promise<void>> {
  if (server !== undefined) {
    if (how === 'hangs') server.send('SIGSTOP');
    else await server.end(store === 'postgres' ? 'SIGQUIT' : 'SIGKILL');
    return async () => (how === 'hangs' ? server.send('SIGCONT') : server.start());
  }
  // The service starts it again at once, so it is taken away again and again.
  const strike = () => {
    for (const pid of house.children('chdb-process'))
      try {
        process.kill(pid, how === 'hangs' ? 'SIGSTOP' : 'SIGKILL');
      } catch {
        // It has just ended.
      }
  };
  strike();
  const again = setInterval(strike, how === 'hangs' ? 1_000 : 700);
  return async () => {
    clearInterval(again);
    for (const pid of house.children('chdb-process')) process.kill(pid, 'SIGCONT');
  };
}
