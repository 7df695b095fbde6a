import { StoreUnavailable } from './store-unavailable.ts';

/**
 * Waits for a store's answer so long and no longer (milliseconds): a server or a network that swallows everything would keep the asker for many
 * minutes. What was asked may still be done.
 *
 * @throws StoreUnavailable
 */
export async function promptly<T>(store: 'state' | 'events', patience: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new StoreUnavailable(
            store,
            `The ${store === 'state' ? 'state store (PostgreSQL)' : 'event store (ClickHouse)'} did not answer within ${patience / 1000} s.`,
          ),
        ),
      patience,
    );
  });
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
    // It may fail when nobody waits any more.
    answer.catch(() => {});
  }
}
