export { EventEncoder } from './events/event-encoder.ts';
export type * from './events/event-row.ts';
export type * from './events/event-store.ts';
export { type EventStoreOptions, openEventStore, type StoredRow, storedEvent } from './events/open-event-store.ts';
export { StoreIsNewer } from './state/migrate.ts';
export { type OpenStateStore, openStateStore, type StateStoreOptions } from './state/open-state-store.ts';
export type * from './state/state-store.ts';
export type * from './state/tables.ts';
export { StoreUnavailable } from './store-unavailable.ts';
