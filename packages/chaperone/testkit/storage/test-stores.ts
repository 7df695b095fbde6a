import { afterAll } from 'vitest';
import type { EventStore, OpenStateStore } from '../../src/storage/index.ts';
import { testEvents } from './test-events.ts';
import { testState } from './test-state.ts';

/** Both real stores for a test file: opened where this is called, closed when its tests are done. */
export async function testStores(): Promise<{ readonly state: OpenStateStore; readonly events: EventStore }> {
  const server = await testState();
  const { store: state } = await server.fresh();
  const { store: events, close } = await testEvents();
  afterAll(async () => {
    await close();
    await server.close();
  });
  return { state, events };
}
