import { join, resolve } from 'node:path';
import { UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { makeFolder } from '../make-folder.ts';
import { scan } from './scan.ts';

/** What makes the sample case: content/sample/index.ts. */
interface SampleMaker {
  makeSample(dir: string): Promise<{ paths: string[]; registry: string }>;
}

/** `chaperone sample`: the main job on a case that the project makes itself. */
export async function sample({ dir }: { dir: string }, io: Io): Promise<number> {
  const folder = resolve(io.cwd, dir);
  const logs = join(folder, 'logs');
  const { makeSample } = await loadSample();
  io.stderr.write(`Making a sample case in ${folder} ...\n`);
  await makeFolder(logs);
  const { paths, registry } = await makeSample(logs);
  const code = await scan(
    paths,
    { builtinRules: true, registry, level: 'medium', out: join(folder, 'report'), report: true, sample: true },
    io,
  );
  io.stdout.write('\nThis was a sample that Chaperone made itself. On your own logs: npm start -- scan PATH\n');
  // The sample holds an intrusion: finding it is success
  return code === 1 ? 0 : code;
}

async function loadSample(): Promise<SampleMaker> {
  const place = new URL('../../../../../content/sample/index.ts', import.meta.url);
  try {
    return (await import(place.href)) as SampleMaker;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UsageError(
      'The sample case is not part of this installation',
      'Get the whole repository, or scan your own logs: chaperone scan PATH',
    );
  }
}
