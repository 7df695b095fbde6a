import { userInfo } from 'node:os';
import { askControl } from '../../service/index.ts';
import { exit, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { placed } from './backup.ts';

/** `chaperone unseal`: what did sealed records say? A JSON object a line. */
export async function unseal(
  ids: readonly string[],
  options: {
    readonly data: string;
    readonly config?: string;
    readonly organization: string;
    readonly reason: string;
    readonly latest: string;
  },
  io: Io,
): Promise<number> {
  const { data } = placed(options, io);
  const { organization, reason, latest } = options;
  const ask = { organization, reason, events: ids, latest: Number(latest), by: userInfo().username };
  const said = await askControl<readonly { readonly event: string; readonly record?: string }[]>(
    data,
    'unseal',
    ask,
  ).catch((error) => {
    throw new UsageError(error.message);
  });
  if (said === undefined)
    throw new UsageError(
      `No service runs on ${data}`,
      'Start it, or name its data folder with --data or its configuration with --config.',
    );
  for (const one of said.answer) io.stdout.write(`${JSON.stringify(one)}\n`);
  return said.answer.every(({ record }) => record !== undefined) ? exit.clean : exit.found;
}
