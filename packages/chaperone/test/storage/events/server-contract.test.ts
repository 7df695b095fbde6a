import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openEventStore, StoreUnavailable } from '../../../src/storage/index.ts';
import { clickhouseOverHttp } from '../../../testkit/storage/clickhouse-over-http.ts';
import { eventBatch, eventRow } from '../../../testkit/storage/event-rows.ts';
import { eventStoreContract } from '../../../testkit/storage/event-store-contract.ts';

eventStoreContract(async () => {
  const server = await clickhouseOverHttp();
  const store = await openEventStore({ url: server.url });
  return {
    store,
    async close() {
      await store.close();
      await server.close();
    },
  };
});

test('a server that is not there is said, and nothing counts as stored', async () => {
  const store = await openEventStore({ url: 'http://127.0.0.1:1' });
  const organization = randomUUID();
  await expect(store.ensure(organization)).rejects.toBeInstanceOf(StoreUnavailable);
  await expect(store.insert(organization, eventBatch([eventRow()]))).rejects.toBeInstanceOf(StoreUnavailable);
  await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailable);
  await store.close();
});
