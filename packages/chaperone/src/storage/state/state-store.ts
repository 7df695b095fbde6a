import type { Transaction } from 'kysely';
import type { Database } from './tables.ts';

export type Tx = Transaction<Database>;

/** A change that others may want to know of at once: sent with PostgreSQL's NOTIFY when its transaction commits. */
export interface Notice {
  /** null: of the installation */
  readonly organization: string | null;
  /** e.g. `finding`, `source`, `rule`, `indicator`, `exception`, `token`, `registry`, `audit` */
  readonly kind: string;
  readonly id?: string;
}

/**
 * The state store: PostgreSQL, our own or one by URL. Work is done in transactions that are confined to one organisation by row-level
 * security; what concerns the installation says so by its name. Both throw `StoreUnavailable` when the database can't be reached: the
 * caller answers 503 and nothing is lost.
 */
export interface StateStore {
  /** A transaction that can see and write the rows of one organisation (its UUID) and nothing else. */
  within<T>(organization: string, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A transaction over all organisations: sign-in, the list of organisations, jobs, routing of deliveries. */
  everywhere<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Announces a change when `tx` commits. */
  announce(tx: Tx, notice: Notice): Promise<void>;
  /** Hears of changes, of this process and others. Survives a lost connection; after one, and once the first one stands, `onGap` says that some may have been missed. */
  listen(hear: (notice: Notice) => void, onGap?: () => void): () => void;
  /** Resolves when the database answers; throws StoreUnavailable. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
