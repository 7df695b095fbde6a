import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventStore, openEventStore } from '../../src/storage/index.ts';

/** The real store of our own in a folder that goes with it. */
export async function testEvents(): Promise<{ store: EventStore; folder: string; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'chaperone-events-'));
  const store = await openEventStore({ folder: join(folder, 'events') });
  return {
    store,
    folder,
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
