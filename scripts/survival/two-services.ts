import { spawn } from 'node:child_process';
import { House, pause } from './house.ts';
import { isSound, reckon } from './reckon.ts';
import type { Result } from './result.ts';
import { bulkShipper } from './shippers.ts';

const main = new URL('../../packages/chaperone/src/cli/main.ts', import.meta.url).pathname;

/** Starts a second service on the same data folder, then several at once after the first was killed. */
export async function twoServices(say: (line: string) => void = () => {}): Promise<Result> {
  const house = await House.open();
  try {
    const token = await house.source('load', 'http');
    const shipper = bulkShipper(house, token, { rest: 20 });
    while (shipper.delivered.length === 0) await pause(20);
    const second = await another(house);
    say(`the second one ended with ${second.code} and said: ${second.said}`);
    const before = shipper.delivered.length;
    for (const until = performance.now() + 10_000; shipper.delivered.length === before && performance.now() < until; )
      await pause(20);
    const unharmed =
      shipper.delivered.length > before && shipper.breaks === 0 && [...shipper.answers.keys()].join() === '200';
    await house.end('SIGKILL');
    // Four at once; whichever is first has the folder, and that need not be the one that was begun first.
    house.launch();
    const others = await Promise.all([another(house), another(house), another(house)]);
    const first = await house.ready().then(
      () => true,
      () => false,
    );
    const refusedFirst = first ? undefined : { code: await house.code(), said: house.said };
    if (!first) await house.start();
    const delivered = shipper.delivered.length;
    for (const until = performance.now() + 60_000; shipper.delivered.length === delivered; await pause(20))
      if (performance.now() > until) throw new Error(`shippers do not deliver again: ${house.said}`);
    await shipper.stop();
    await house.end('SIGTERM');
    const sum = await reckon(house, [shipper]);
    const plain = (said: string) =>
      said.split('\n').filter((line) => line.trim() !== '').length <= 2 && !/ at |Error:/.test(said);
    const ran = others.filter((one) => one.ran).length + (first ? 1 : 0);
    const refused = [
      second,
      ...others.filter((one) => !one.ran),
      ...(refusedFirst === undefined ? [] : [refusedFirst]),
    ];
    return {
      trial: 'two-services',
      passed:
        isSound(sum) &&
        unharmed &&
        ran === 1 &&
        refused.every(({ code, said }) => code !== 0 && /in use/.test(said) && plain(said)),
      figures: {
        'the second one says': second.said.trim().replaceAll('\n', ' '),
        'and ends with code': second.code,
        'after, s': second.seconds.toFixed(1),
        'the first goes on': unharmed,
        'after a kill of the first, of four started at once that run': ran,
        ...sum,
      },
    };
  } finally {
    await house.end('SIGKILL');
    house.remove();
  }
}

/** One more on the same folder, until it ends by itself; one that runs is ended again. */
async function another(house: House): Promise<{ code: number; said: string; seconds: number; ran: boolean }> {
  const begun = performance.now();
  const child = spawn(process.execPath, [main, 'serve', '--config', house.configuration], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  let ran = false;
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      if (ran || !said.includes('Ctrl-C')) return;
      ran = true;
      child.kill('SIGTERM');
    });
  const late = setTimeout(() => child.kill('SIGKILL'), 120_000);
  const code = await new Promise<number>((ended) => child.once('close', (status) => ended(status ?? -1)));
  clearTimeout(late);
  return { code, said: said.replaceAll(house.folder, 'FOLDER'), seconds: (performance.now() - begun) / 1000, ran };
}
