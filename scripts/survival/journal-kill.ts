import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { House, pause } from './house.ts';
import { isSound, reckon } from './reckon.ts';
import type { Result } from './result.ts';
import { bulkShipper, relpShipper } from './shippers.ts';

/**
 * Kills the service while what it has confirmed lies in the journal alone, for its event store (chDB) hangs; then chDB can't start for a while, and
 * then it can. @param times all of that
 */
export async function journalKill(times: number, say: (line: string) => void = () => {}): Promise<Result> {
  const house = await House.open();
  try {
    const token = await house.source('load', 'http');
    await house.source('relay', 'relp');
    const shippers = [bulkShipper(house, token, { rest: 50 }), relpShipper(house)];
    const delivered = () => shippers.reduce((sum, one) => sum + one.delivered.length, 0);
    let waiting = 0;
    let least = Number.POSITIVE_INFINITY;
    let vanished = 0;
    let words = '';
    for (let time = 1; time <= times; time += 1) {
      await more(delivered);
      const stores = house.children('chdb-process');
      for (const pid of stores) process.kill(pid, 'SIGSTOP');
      const before = delivered();
      await pause(1_000 + Math.random() * 1_000);
      const confirmed = delivered() - before;
      await house.end('SIGKILL');
      for (const pid of stores) kill(pid);
      const files = journal(house);
      least = Math.min(least, files.length);
      waiting += confirmed;
      say(`${time}: ${confirmed} records confirmed while chDB hung, ${files.length} files in the journal`);
      // However often it is started, it is ended at once.
      const strike = setInterval(() => house.children('chdb-process').forEach(kill), 30);
      const tries: string[] = [];
      for (let i = 0; i < 2; i += 1) {
        house.launch();
        const ended = await house.ready(60).then(
          () => 'is ready',
          () => 'ends',
        );
        tries.push(ended);
        words = house.said.split('\n')[0];
        if (ended === 'is ready') break;
      }
      clearInterval(strike);
      const left = new Set(journal(house));
      vanished += files.filter((one) => !left.has(one)).length;
      say(`${time}: without chDB a start ${tries.join(', ')}: ${words}`);
      await house.end('SIGKILL');
      await house.start();
    }
    await more(delivered);
    await Promise.all(shippers.map((one) => one.stop()));
    await house.end('SIGTERM');
    const sum = await reckon(house, shippers);
    return {
      trial: 'journal-kill',
      passed: isSound(sum) && least > 0 && vanished === 0 && words.length > 0,
      figures: {
        times,
        'records confirmed while chDB hung': waiting,
        'files in the journal at the kill, at least': least,
        'of them gone though chDB could not start': vanished,
        'the service says': words.replaceAll(house.folder, 'FOLDER'),
        ...sum,
      },
    };
  } finally {
    await house.end('SIGKILL');
    house.remove();
  }
}

/** Files that are safe and in no table. */
function journal(house: House): string[] {
  const incoming = join(house.data, 'events', 'incoming');
  return readdirSync(incoming, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.bin'));
}

async function more(delivered: () => number): Promise<void> {
  const before = delivered();
  const late = performance.now() + 120_000;
  while (delivered() < before + 500) {
    if (performance.now() > late) throw new Error('shippers do not deliver again');
    await pause(50);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
