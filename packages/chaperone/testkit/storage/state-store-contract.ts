import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Notice, type OpenStateStore, StoreUnavailable } from '../../src/storage/index.ts';

/** A state store of one form, on an empty database. */
export interface StateStoreForm {
  readonly store: OpenStateStore;
  /** Makes PostgreSQL go away, without a word. */
  gone(): Promise<void>;
  /** Lets it come back, where it doesn't by itself. */
  back(): Promise<void>;
  close(): Promise<void>;
}

/** What every form of the state store promises. */
export function stateStoreContract(name: string, make: () => Promise<StateStoreForm>): void {
  describe(`the state store, ${name}`, () => {
    let form: StateStoreForm;
    let store: OpenStateStore;
    beforeAll(async () => {
      form = await make();
      ({ store } = form);
    }, 60_000);
    afterAll(() => form?.close());

    test('what was committed is there, what was thrown is not, and an own error comes through as it is', async () => {
      await put(store, 'one');
      const failed = store.everywhere(async (tx) => {
        await tx.insertInto('setting').values({ key: 'two', value: '2' }).execute();
        throw new RangeError('no');
      });
      await expect(failed).rejects.toBeInstanceOf(RangeError);
      expect(await keys(store)).toEqual(['one']);
      await expect(put(store, 'one')).rejects.toMatchObject({ code: '23505' });
    });

    test('an organisation is kept to its own rows', async () => {
      const [a, b] = [randomUUID(), randomUUID()];
      await store.everywhere((tx) =>
        tx
          .insertInto('organization')
          .values([a, b].map((id) => ({ id, slug: `o${id}`, name: 'x', side: 'client' as const, zone: 'UTC' })))
          .execute(),
      );
      await store.within(a, (tx) =>
        tx
          .insertInto('checkpoint')
          .values({ organization_id: a, received: 2 ** 50 })
          .execute(),
      );
      const seen = (id: string) => store.within(id, (tx) => tx.selectFrom('checkpoint').select('received').execute());
      expect(await seen(a)).toEqual([{ received: 2 ** 50 }]);
      expect(await seen(b)).toEqual([]);
      const planted = store.within(b, (tx) =>
        tx.insertInto('checkpoint').values({ organization_id: a, received: 1 }).execute(),
      );
      await expect(planted).rejects.toThrow('row-level security');
    });

    test('a change is announced when its transaction commits, and not when it fails', async () => {
      const heard: Notice[] = [];
      const deaf = store.listen((notice) => heard.push(notice));
      const organization = randomUUID();
      await until(async () => {
        await store.everywhere((tx) => store.announce(tx, { organization: null, kind: 'probe' }));
        return heard.length > 0;
      });
      // Others may notify on our channel too, and must not bring us down.
      for (const payload of ['', 'null', '[1, 2]', '[null', '{}'])
        await store.everywhere((tx) => sql`select pg_notify('chaperone', ${payload})`.execute(tx));
      await store
        .everywhere(async (tx) => {
          await store.announce(tx, { organization, kind: 'finding', id: 'lost' });
          throw new Error('undone');
        })
        .catch(() => {});
      await store.everywhere((tx) => store.announce(tx, { organization, kind: 'finding', id: 'kept' }));
      await until(() => heard.some(({ kind }) => kind === 'finding'));
      expect(heard.filter(({ kind }) => kind === 'finding')).toEqual([{ organization, kind: 'finding', id: 'kept' }]);
      deaf();
    });

    test('gone, it says so at once; back, it works again, has what was committed and tells listeners of the gap', async () => {
      let gaps = 0;
      const deaf = store.listen(
        () => {},
        () => {
          gaps += 1;
        },
      );
      const committed: string[] = [];
      let refused = 0;
      let going = true;
      const writers = Array.from({ length: 4 }, async (_, writer) => {
        for (let i = 0; going; i += 1) {
          const key = `w${writer}-${i}`;
          await put(store, key).then(
            () => committed.push(key),
            async (error) => {
              expect(error).toBeInstanceOf(StoreUnavailable);
              expect(error).toMatchObject({ code: 'store_unavailable', store: 'state' });
              expect(error.retryAfter).toBeGreaterThan(0);
              refused += 1;
              await pause(50);
            },
          );
        }
      });
      await until(() => committed.length > 50);
      await form.gone();
      await until(() => refused > 4);
      await form.back();
      const before = committed.length;
      await until(() => committed.length > before + 50);
      going = false;
      await Promise.all(writers);
      const there = new Set(await keys(store));
      expect(committed.filter((key) => !there.has(key))).toEqual([]);
      await store.ping();
      await until(() => gaps > 0);
      deaf();
    }, 60_000);
  });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for something, up to 20 s. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400; i += 1) {
    if (await holds()) return;
    await pause(50);
  }
  throw new Error('waited in vain');
}

/** Commits one row. */
export function put(store: OpenStateStore, key: string): Promise<unknown> {
  return store.everywhere((tx) => tx.insertInto('setting').values({ key, value: '1' }).execute());
}

/** What `put` committed. */
export async function keys(store: OpenStateStore): Promise<string[]> {
  const rows = await store.everywhere((tx) => tx.selectFrom('setting').select('key').orderBy('key').execute());
  return rows.map(({ key }) => key);
}
