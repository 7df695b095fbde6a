import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openStateStore, StoreUnavailable } from '../../../../src/storage/index.ts';
import { keys, put, until } from '../../../../testkit/storage/state-store-contract.ts';

const folder = mkdtempSync(join(tmpdir(), 'chaperone-root-'));
const root = process.getuid?.() === 0;
const full = join(folder, 'full');
const mounted = root && mount();
afterAll(() => {
  if (mounted) spawnSync('umount', ['--lazy', full]);
  rmSync(folder, { recursive: true, force: true });
});

/** A disk that is full soon. */
function mount(): boolean {
  mkdirSync(full);
  chmodSync(folder, 0o711);
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=711', 'tmpfs', full]).status === 0;
}

test.runIf(root)(
  'started by root, it follows its folder into one that nobody else may enter, and out again',
  async () => {
    const passage = join(folder, 'passage');
    const own = join(passage, 'postgres');
    mkdirSync(passage);
    for (const [i, mode] of [0o711, 0o700, 0o711].entries()) {
      chmodSync(passage, mode);
      const store = await openStateStore({ folder: own });
      await put(store, `k${i}`);
      expect(await keys(store)).toHaveLength(i + 1);
      await store.close();
      // In a closed folder it runs under another number that is root's outside.
      expect(statSync(join(own, 'cluster')).uid === 0).toBe(mode === 0o700);
    }
  },
  60_000,
);

test.runIf(mounted)(
  'on a full disk it says that it is unavailable, and goes on when there is room',
  async () => {
    const store = await openStateStore({ folder: join(full, 'postgres') });
    const ballast = join(full, 'ballast');
    const big = { value: JSON.stringify('x'.repeat(1_000_000)) };
    const committed: string[] = [];
    const write = async (i: number) => {
      const key = `k${String(i).padStart(4, '0')}`;
      await store.everywhere((tx) =>
        tx
          .insertInto('setting')
          .values({ key, ...big })
          .execute(),
      );
      committed.push(key);
    };
    try {
      await put(store, 'before');
      const free = spawnSync('df', ['--output=avail', '-B1', full], { encoding: 'utf8' }).stdout.split('\n')[1];
      writeFileSync(ballast, Buffer.alloc(Number(free) - 3_000_000));
      const filling = (async () => {
        // Repeated text is compressed: it takes many to fill the rest.
        for (let i = 0; i < 5_000; i += 1) await write(i);
      })();
      await expect(filling).rejects.toBeInstanceOf(StoreUnavailable);
      rmSync(ballast);
      await until(() =>
        write(9_999).then(
          () => true,
          (error) => {
            expect(error).toBeInstanceOf(StoreUnavailable);
            return false;
          },
        ),
      );
      expect(await keys(store)).toEqual(['before', ...committed]);
    } finally {
      await store.close();
    }
  },
  120_000,
);
