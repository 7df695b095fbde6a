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
    await pause(1_500);
    const second = await another(house);
    say(`the second one ended with ${second.code} and said: ${second.said}`);
    const before = shipper.delivered.length;
    await pause(1_000);
    const unharmed =
      shipper.delivered.length > before && shipper.breaks === 0 && [...shipper.answers.keys()].join() === '200';
    await house.end('SIGKILL');
    house.launch();
    // While it starts, three more.
    const others = await Promise.all([another(house), another(house), another(house)]);
    let starts = true;
    await house.ready().catch(() => {
      starts = false;
    });
    if (!starts) throw new Error(`the first one did not start again after it was killed: ${house.said}`);
    await pause(2_000);
    await shipper.stop();
    await house.end('SIGTERM');
    const sum = await reckon(house, [shipper]);
    const plain = (said: string) =>
      said.split('\n').filter((line) => line.trim() !== '').length <= 2 && !/ at |Error:/.test(said);
    const refused = [second, ...others];
    return {
      trial: 'two-services',
      passed:
        isSound(sum) &&
        unharmed &&
        starts &&
        refused.every(({ code, said }) => code !== 0 && /in use/.test(said) && plain(said)),
      figures: {
        'the second one says': second.said.trim().replaceAll('\n', ' '),
        'and ends with code': second.code,
        'after, s': second.seconds.toFixed(1),
        'the first goes on': unharmed,
        'after a kill of the first, of four started at once that run':
          1 + others.filter(({ code }) => code === 0).length,
        ...sum,
      },
    };
  } finally {
    await house.end('SIGKILL');
    house.remove();
  }
}

async function another(house: House): Promise<{ code: number; said: string; seconds: number }> {
  const begun = performance.now();
  const child = spawn(process.execPath, [main, 'serve', '--config', house.configuration], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
  const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
  const code = await new Promise<number>((ended) => child.once('close', (status) => ended(status ?? -1)));
  clearTimeout(late);
  return { code, said: said.replaceAll(house.folder, 'FOLDER'), seconds: (performance.now() - begun) / 1000 };
}
