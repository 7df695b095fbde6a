import type { RuleSet } from '@chaperone/sigma';
import type { JudgedBatch, LiveException, LiveFinding, LiveSetup, LiveSource } from '../../detection/index.ts';
import type { RecordBatch } from '../../telemetry/index.ts';

/** A delivery on its way to an engine. */
export interface EngineBatch {
  readonly organization: string;
  readonly source: LiveSource;
  readonly records: RecordBatch;
  readonly received: number;
  /** begins the salts of its events' ids; undefined: equal records of the delivery are told apart by their number among each other */
  readonly salt?: string;
  /** number of the first record in its delivery; 0 where left out */
  readonly first?: number;
  /** how many records of the delivery before each are equal to it, where the batch is not all of it */
  readonly equals?: Uint32Array;
  /** ids that the events have already */
  readonly ids?: readonly string[];
  /** every finding is to be told with its document */
  readonly whole?: boolean;
}

/** A setup as it travels: its rules went before it, once for all that have the same. */
export type EngineSetup = Omit<LiveSetup, 'rules' | 'rulesKey'> & { readonly rulesKey: string };

/** What the main thread says to an engine's thread. Whatever has an `id` is answered. */
export type ToEngine =
  | { readonly kind: 'rules'; readonly key: string; readonly rules: RuleSet }
  | { readonly kind: 'forget-rules'; readonly key: string }
  | { readonly kind: 'setup'; readonly id: number; readonly setup: EngineSetup; readonly maskKey: Uint8Array }
  | { readonly kind: 'exceptions'; readonly organization: string; readonly exceptions: readonly LiveException[] }
  | { readonly kind: 'judge'; readonly id: number; readonly batch: EngineBatch }
  | { readonly kind: 'confirm'; readonly organization: string; readonly number: number }
  | { readonly kind: 'forget'; readonly organization: string; readonly number: number }
  | {
      readonly kind: 'settle';
      readonly id: number;
      readonly organization: string;
      readonly received: number;
      readonly idle: boolean;
      readonly all: boolean;
    }
  | { readonly kind: 'unsettle'; readonly organization: string }
  | { readonly kind: 'drop'; readonly organization: string };

export type FromEngine =
  | { readonly id: number; readonly judged: JudgedBatch }
  | { readonly id: number; readonly settled: readonly LiveFinding[]; readonly pending: boolean }
  | { readonly id: number; readonly done: true }
  | { readonly id: number; readonly error: string };
