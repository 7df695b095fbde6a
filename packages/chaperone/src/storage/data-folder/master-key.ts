import { createHmac, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { StateStore } from '../state/state-store.ts';
import { DataFolderError } from './data-folder-error.ts';

const LENGTH = 32;
const SETTING = 'master_key';

/**
 * The installation's key: 32 random bytes in `keys/master.key` of the data folder, made at the first start, readable by its owner alone.
 * Secrets in the state store are encrypted under it.
 *
 * @throws DataFolderError where the file isn't one
 */
export function masterKey(folder: string): Buffer {
  const keys = join(folder, 'keys');
  const file = join(keys, 'master.key');
  mkdirSync(keys, { recursive: true, mode: 0o700 });
  chmodSync(keys, 0o700);
  if (statSync(file, { throwIfNoEntry: false }) === undefined) make(file);
  chmodSync(file, 0o600);
  const key = readFileSync(file);
  if (key.length !== LENGTH)
    throw new DataFolderError(
      'master_key_broken',
      `${file} holds ${key.length} bytes and not the ${LENGTH} of a key.`,
      'Put back the file of a backup.',
    );
  return key;
}

/** Written whole under another name first, so that a power cut leaves no half key behind. */
function make(file: string): void {
  const making = `${file}.making`;
  rmSync(making, { force: true });
  const descriptor = openSync(making, 'wx', 0o600);
  writeSync(descriptor, randomBytes(LENGTH));
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(making, file);
}

/**
 * Sees to it that this key is the one under which the state store's secrets were encrypted; the first key that comes is that one. All nodes
 * on one state store need the same.
 *
 * @throws DataFolderError where it is another; StoreUnavailable
 */
export async function confirmMasterKey(store: StateStore, key: Uint8Array): Promise<void> {
  const mark = createHmac('sha256', key).update('chaperone master key').digest('hex');
  const known = await store.everywhere(async (tx) => {
    await tx
      .insertInto('setting')
      .values({ key: SETTING, value: JSON.stringify(mark) })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    return tx.selectFrom('setting').select('value').where('key', '=', SETTING).executeTakeFirstOrThrow();
  });
  if (known.value !== mark)
    throw new DataFolderError(
      'master_key_other',
      'The secrets in the state store were encrypted under another key than keys/master.key of this data folder.',
      'Put the keys folder of the first node, or of a backup, into this data folder.',
    );
}
