import { totp } from '../../packages/console/testkit/totp.ts';
import { half, huge, liars, signIns, slow, worst } from './attacks.ts';
import { House, PASSWORD, pause } from './house.ts';
import { isSound, reckon } from './reckon.ts';
import type { Result } from './result.ts';
import { bulkShipper, quantile, relpShipper } from './shippers.ts';

/** MiB that all processes of the service may hold at most. */
const MEMORY = 2_048;
/** Milliseconds within which 95 of 100 of an honest shipper's requests must be answered, whatever others do. */
const PATIENCE = 2_000;
/** Part of its rate in peace that it must keep. */
const RATE = 1 / 3;
/** Seconds within which a person must be able to sign in. */
const SIGN_IN = 3;

const NAMES = ['slow', 'half', 'huge', 'liars', 'sign-ins', 'worst'] as const;

/**
 * Sends what it sends while others do their worst, and a person signs in.
 *
 * @param seconds of each half, in peace and under attack
 * @param only one of the attacks; all at once but `worst` where left out
 */
export async function hostileClients(
  seconds: number,
  say: (line: string) => void = () => {},
  only?: string,
): Promise<Result> {
  const house = await House.open();
  try {
    const token = await house.source('load', 'http');
    const theirs = await house.source('broken', 'http');
    for (const listener of ['syslog', 'syslog-tls', 'relp'] as const) await house.source(listener, listener);
    const bulk = bulkShipper(house, token, { rest: 50 });
    const relp = relpShipper(house);
    await pause(2_000);
    const measure = async () => {
      const from = [bulk.delivered.length, relp.delivered.length, bulk.waits.length, relp.waits.length];
      let peak = 0;
      const until = performance.now() + seconds * 1000;
      while (performance.now() < until) {
        peak = Math.max(peak, house.memory());
        await pause(250);
      }
      return {
        bulk: (bulk.delivered.length - from[0]) / seconds,
        relp: (relp.delivered.length - from[1]) / seconds,
        waits: bulk.waits.slice(from[2]),
        relpWaits: relp.waits.slice(from[3]),
        peak: Math.round(peak / 2 ** 20),
      };
    };
    const peace = await measure();
    say(`in peace: ${Math.round(peace.bulk)} records/s by _bulk`);
    let going = true;
    const guesses = new Map<number, number>();
    const all = [slow, half, huge, liars, signIns(guesses), worst];
    const chosen = all.filter((_, i) => (only === undefined ? all[i] !== worst : NAMES[i] === only));
    const attacks = chosen.map((attack) => attack(house, theirs, () => going));
    const signing = signIn(house, seconds);
    const war = await measure();
    say(`under attack: ${Math.round(war.bulk)} records/s by _bulk`);
    const took = await signing;
    going = false;
    await Promise.all(attacks);
    await pause(2_000);
    const refused = await house.refused();
    const ready = (await house.look('/readyz')).status;
    await Promise.all([bulk.stop(), relp.stop()]);
    await house.end('SIGTERM');
    const sum = await reckon(house, [bulk, relp]);
    const p95 = quantile(war.waits, 0.95);
    // A few seconds beside other tests say little.
    const lenient = seconds < 10 ? 5 : 1;
    const others = [...bulk.answers.keys()].filter((status) => status !== '200');
    const figure = (values: readonly number[]) =>
      `${Math.round(quantile(values, 0.5))}, ${Math.round(quantile(values, 0.95))}`;
    return {
      trial: only === undefined ? 'hostile-clients' : `hostile-clients: ${only}`,
      passed:
        isSound(sum) &&
        ready === 200 &&
        took !== undefined &&
        took < lenient * SIGN_IN &&
        war.peak < MEMORY &&
        p95 < lenient * PATIENCE &&
        war.bulk > (RATE / lenient) * peace.bulk &&
        war.relp > 0 &&
        bulk.breaks + relp.breaks === 0,
      figures: {
        'seconds in peace, and under attack': seconds,
        'honest _bulk, records/s, in peace and under attack': `${Math.round(peace.bulk)}, ${Math.round(war.bulk)}`,
        'its wait, ms, p50 and p95, in peace': figure(peace.waits),
        'and under attack': figure(war.waits),
        'its answers other than 200': others.map((status) => `${status}: ${bulk.answers.get(status)}`).join(', '),
        'honest RELP, records/s, in peace and under attack': `${Math.round(peace.relp)}, ${Math.round(war.relp)}`,
        'its wait, ms, p50 and p95, under attack': figure(war.relpWaits),
        'connections of theirs broken': bulk.breaks + relp.breaks,
        'memory at most, all processes, MiB, in peace and under attack': `${peace.peak}, ${war.peak}`,
        'wrong sign-ins, by answer': [...guesses].map(([status, n]) => `${status}: ${n}`).join(', '),
        'an honest person signed in after, s': took?.toFixed(1) ?? 'never',
        'refused, by /metrics': [...refused].map(([reason, n]) => `${reason}: ${n}`).join(', '),
        '/readyz afterwards': ready,
        ...sum,
      },
    };
  } finally {
    await house.end('SIGKILL');
    house.remove();
  }
}

/** Signs in with password and code (the next one, for that of the set-up counts no more) as a person would who tries again; seconds that it took. */
async function signIn(house: House, patience: number): Promise<number | undefined> {
  const at = `http://127.0.0.1:${house.port('console')}/api/v1/session`;
  await pause(patience * 250);
  const begun = performance.now();
  for (let cookie = ''; performance.now() - begun < 60_000; await pause(500)) {
    const body =
      cookie === '' ? { email: 'a@b.example', password: PASSWORD } : { code: totp(house.secret, Date.now() + 30_000) };
    const response = await fetch(cookie === '' ? at : `${at}/totp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(cookie === '' ? {} : { cookie }) },
      body: JSON.stringify(body),
    }).catch(() => undefined);
    if (response?.ok !== true) continue;
    const { state } = (await response.json()) as { state?: string };
    if (state === 'signed_in' || state === 'full') return (performance.now() - begun) / 1000;
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? '';
  }
  return undefined;
}
