import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ChainVerdict, createVault, verifyChain, verifyExport } from '../../identity/index.ts';
import { askControl } from '../../service/index.ts';
import { lockDataFolder, masterKey, openStateStore } from '../../storage/index.ts';
import { exit, UsageError } from '../exit.ts';
import type { Io } from '../io.ts';
import { placed } from './backup.ts';

interface Chain {
  readonly slug: string;
  readonly verdict: ChainVerdict;
}

/** `chaperone verify`: were the audit trails changed? */
export async function verify(
  options: { readonly data: string; readonly config?: string; readonly export?: string; readonly json?: boolean },
  io: Io,
): Promise<number> {
  const chains =
    options.export === undefined
      ? await ofService(options, io)
      : [{ slug: options.export, verdict: exported(resolve(io.cwd, options.export)) }];
  if (options.json === true) io.stdout.write(`${JSON.stringify(chains, null, 2)}\n`);
  else
    for (const { slug, verdict } of chains)
      io.stdout.write(
        verdict.ok
          ? `${slug}: ${verdict.records} records, the chain holds.\n`
          : `${slug}: BROKEN at record ${verdict.sequence}: ${verdict.reason}.\n`,
      );
  return chains.every(({ verdict }) => verdict.ok) ? exit.clean : exit.found;
}

async function ofService(
  options: { readonly data: string; readonly config?: string },
  io: Io,
): Promise<readonly Chain[]> {
  const config = placed(options, io);
  const said = await askControl<readonly Chain[]>(config.data, 'verify', {});
  if (said !== undefined) return said.answer;
  const lock = lockDataFolder(config.data);
  const state = await openStateStore(
    config.state === undefined ? { folder: join(config.data, 'postgres') } : { url: config.state.url },
  );
  try {
    const vault = createVault(masterKey(config.data));
    const organizations = await state.everywhere((tx) =>
      tx.selectFrom('organization').select(['id', 'slug']).orderBy('slug').execute(),
    );
    const chains: Chain[] = [{ slug: 'installation', verdict: await verifyChain(state, vault, null) }];
    for (const { id, slug } of organizations) chains.push({ slug, verdict: await verifyChain(state, vault, id) });
    return chains;
  } finally {
    await state.close();
    lock.release();
  }
}

function exported(file: string): ChainVerdict {
  try {
    return verifyExport(readFileSync(file, 'utf8').split('\n'));
  } catch (error) {
    throw new UsageError(
      `${file} is no exported trail: ${error instanceof Error ? error.message : error}`,
      'It holds a JSON record a line, as the API gives them, oldest first.',
    );
  }
}
