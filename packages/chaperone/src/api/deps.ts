import type { Registry as Metrics } from 'prom-client';
import type { RulePacks } from '../detection/index.ts';
import type { Identity } from '../identity/index.ts';
import type { ShipperPlaces } from '../sources/index.ts';
import type { EventStore, StateStore } from '../storage/index.ts';
import type { Intake } from '../telemetry/index.ts';
import type { CallersOptions } from './callers.ts';

/** How the threads of the engine do, since the service was started. */
export interface EngineStatus {
  readonly deaths: number;
  readonly last_death: { readonly at: Date; readonly message: string } | null;
  /** the organisation's is being started again */
  readonly down: boolean;
  /** records of the organisation that were kept without being judged, for the engine died over them */
  readonly unjudged: number;
}

/** What the routes call. */
export interface ApiDeps extends CallersOptions {
  readonly identity: Identity;
  readonly state: StateStore;
  readonly events: EventStore;
  readonly intake: Intake;
  readonly packs: RulePacks;
  readonly metrics: Metrics;
  readonly version: string;
  readonly places: () => ShipperPlaces;
  /** kinds of events that an organisation has had */
  readonly kinds: (organization: string) => Promise<readonly string[]>;
  /** Makes the engine of an organisation anew after its rules, indicators or registry changed. Resolves when that is in force. */
  readonly reload: (organization: string) => Promise<void>;
  /** Begins what was asked of an organisation's stored events (`requestPast`), in the background; after `reload`, so that nothing is between. */
  readonly judgePast: (organization: string) => Promise<void>;
  /** how the threads of the engine do, for an organisation */
  readonly engine: (organization: string) => EngineStatus;
  readonly exceptionsChanged: (organization: string) => Promise<void>;
  /** Resolves when this node routes deliveries by what was just committed. */
  readonly routed: () => Promise<void>;
  /** Makes the sample organisation and sends its logs through the listeners; resolves with its short name when that has begun. */
  readonly sample: (by: string) => Promise<string>;
  /** Throws what isn't ready. */
  readonly ready: () => Promise<void>;
  /** folder of the built console */
  readonly console: string | undefined;
  readonly secure: boolean;
  /** told of errors that nobody foresaw; gives the id that the answer names */
  readonly fault: (error: unknown, request: string) => string;
}
