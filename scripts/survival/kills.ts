import { House, pause } from './house.ts';
import { isSound, reckon } from './reckon.ts';
import type { Result } from './result.ts';
import { bulkShipper, relpShipper } from './shippers.ts';

/**
 * Kills the whole service at random moments, at its start too, while events are sent to it, and starts it again.
 *
 * @param patient whether to wait in the end until the service has counted anew what shippers sent again
 */
export async function kills(
  times: number,
  { say = () => {}, patient = true }: { say?: (line: string) => void; patient?: boolean } = {},
): Promise<Result> {
  const house = await House.open();
  try {
    const token = await house.source('load', 'http');
    await house.source('relay', 'relp');
    const paced = { rest: 50 };
    const shippers = [bulkShipper(house, token, paced), bulkShipper(house, token, paced), relpShipper(house)];
    const delivered = () => shippers.reduce((sum, one) => sum + one.delivered.length, 0);
    let starting = 0;
    let slowest = 0;
    for (let kill = 1; kill <= times; kill += 1) {
      // Every third time before it is ready.
      if (kill % 3 !== 0) {
        slowest = Math.max(slowest, await house.ready());
        await pause(Math.random() * 1_500);
      } else await pause(Math.random() * 3_000);
      if (!house.said.includes('Ctrl-C')) starting += 1;
      await house.end('SIGKILL');
      house.launch();
      say(`kill ${kill}: ${delivered()} records confirmed`);
    }
    slowest = Math.max(slowest, await house.ready());
    const back = delivered();
    while (delivered() === back) await pause(20);
    await Promise.all(shippers.map((one) => one.stop()));
    if (patient) await pause(45_000);
    await house.end('SIGTERM');
    const sum = await reckon(house, shippers);
    return {
      trial: 'kills',
      passed: isSound(sum) && (!patient || sum.miscounted === 0),
      figures: {
        kills: times,
        'of them before it was ready': starting,
        'slowest start, s': (slowest / 1000).toFixed(1),
        ...sum,
      },
    };
  } finally {
    await house.end('SIGKILL');
    house.remove();
  }
}
