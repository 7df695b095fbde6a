/**
 * Between listeners and the engine. A listener frames records and finds out whose they are; the intake decodes, judges and stores them.
 * Records travel as bytes, so that a batch can go to another thread without being copied.
 */

/** Records laid end to end: record i is `bytes[ends[i - 1] ?? 0 .. ends[i])`. No separators are kept. */
export interface RecordBatch {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  /** records whose end was left out by the listener */
  readonly cut?: CutRecords;
}

/** Records that were longer than what is kept of one: told as a problem of their source. */
export interface CutRecords {
  readonly records: number;
  /** bytes that were kept of the last of them, and its beginning */
  readonly kept: number;
  readonly line: string;
}

/** What one listener hands over at once. The source (and so the organisation) was decided by credential or listener, never by a field. */
export interface Delivery {
  readonly organization: string;
  readonly source: string;
  readonly records: RecordBatch;
  /** microseconds since 1970 UTC */
  readonly received: number;
  /**
   * `acknowledged`: the sender repeats what we don't confirm (HTTP, RELP, pull), so equal bytes of one source are the same event;
   * `once`: it doesn't (plain syslog), so each record is an event of its own.
   */
  readonly delivery: 'acknowledged' | 'once';
  /** name of the listener, for metrics */
  readonly listener: string;
  /** address of the sender, where there is one */
  readonly peer?: string;
  /** position of the first record at its origin, where that is stable (a file's line): makes the ids of equal records differ */
  readonly origin?: { readonly name: string; readonly record: number };
}

/** A record that was stored as it is, because it couldn't be decoded. */
export interface Misread {
  /** index in the batch */
  readonly index: number;
  readonly code: string;
  readonly message: string;
  readonly mend: string;
}

export interface Receipt {
  /** records stored, misread ones included */
  readonly stored: number;
  readonly misread: readonly Misread[];
}

export interface Intake {
  /**
   * Resolves when all records are stored and their findings too. Throws `Busy` when too much waits (back-pressure: stop reading, or 429/503),
   * and `StoreUnavailable` when a store is gone. Nothing of the batch counts as accepted then; sending it again does no harm.
   * The records' bytes are the listener's again when this resolves: it may give their memory back.
   */
  accept(delivery: Delivery): Promise<Receipt>;
  /** Bytes that may still be handed over now; below or at 0, a listener that can't answer stops reading. */
  readonly room: number;
  /** Resolves when there is room again. */
  whenRoom(): Promise<void>;
}

/** Too much is on its way; try again after `retryAfter` seconds. */
export class Busy extends Error {
  readonly code = 'busy';
  readonly retryAfter: number;

  constructor(message: string, retryAfter = 1) {
    super(message);
    this.name = 'Busy';
    this.retryAfter = retryAfter;
  }
}

/** Whose records these are. */
export interface Route {
  readonly organization: string;
  readonly source: string;
}

/** Finds the source of a connection; answers from memory. Undefined: unknown, and the listener says so (401, close, or counts it as refused). */
export interface Router {
  /** @param token as it was presented, whole */
  byToken(token: string): Route | undefined;
  /** @param fingerprint SHA-256 of the client certificate, hex */
  byCertificate(fingerprint: string, listener: string): Route | undefined;
  /** the most specific binding of the address on this listener, else the listener's own */
  byAddress(address: string, listener: string): Route | undefined;
}

/** What listeners count, per listener and organisation (`organization` undefined: nobody's). */
export interface ListenerMeter {
  received(listener: string, organization: string | undefined, records: number, bytes: number): void;
  /** a record or connection that was refused, with a stable reason: `unknown_sender`, `too_long`, `bad_framing`, `unauthorized`, `busy` */
  refused(listener: string, organization: string | undefined, reason: string, records: number): void;
}
