import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  FindingsMissing,
  type LiveException,
  type LiveSetup,
  type LiveSource,
  maskWith,
  SEALED_LINE,
  sealWith,
} from '../../detection/index.ts';
import { type EventStore, type StateStore, StoreUnavailable } from '../../storage/index.ts';
import { Busy, type Delivery, type Intake, type Misread, type Receipt, release } from '../../telemetry/index.ts';
import type { Health } from '../health.ts';
import type { Meter } from '../metrics/meter.ts';
import { Checkpoints } from './checkpoints.ts';
import { DoubtfulCounts } from './doubtful-counts.ts';
import { EnginePool } from './engine-pool.ts';
import type { EngineBatch } from './engine-protocol.ts';
import { type EngineState, EngineWatch } from './engine-watch.ts';
import { FindingWriter } from './finding-writer.ts';
import { idsOf, SafeJudge, type SafelyJudged } from './judge-safely.ts';
import { PORTION, type Portion, portions } from './portions.ts';
import { SightingBook } from './sighting-book.ts';
import { SourceBook } from './source-book.ts';
import { KILLED, unjudgedProblems, unjudgedRows } from './unjudged.ts';

export interface LiveIntakeOptions {
  readonly state: StateStore;
  readonly events: EventStore;
  readonly meter: Meter;
  readonly workers: number;
  /** MiB of objects that an engine's thread may hold; undefined: what Node allows */
  readonly engineMemory?: number | undefined;
  /** bytes of records that may be under way at once */
  readonly most: number;
  /** what the engine knows of a source; undefined: there is no such one any more */
  source(organization: string, source: string): LiveSource | undefined;
  /** Sets an organisation up anew, by `setup`, because the thread of its engine died. Tried again until it succeeds. */
  restart(organization: string): Promise<void>;
  /** told how the stores do, and asked whether there is room */
  readonly health: Pick<Health, 'ensureRoom' | 'failed' | 'worked'>;
  /** told of what goes wrong behind the scenes */
  fault(what: string, error: unknown): void;
}

interface Home {
  registryVersion: number | undefined;
  slug: string;
  mask(value: string): string;
  seal(record: string): string;
  underWay: number;
  /** deliveries under way; several may have the same receipt */
  readonly open: Set<Delivery>;
  /** those that are judged and on their way into the stores: each ends */
  readonly storing: Set<Promise<unknown>>;
  lastReceived: number;
  settling: boolean;
  unsettled: boolean;
  /** engines that are just being given what they must remember: nothing is settled until they know it */
  rebuilding: number;
  /** resolves when the engine stands again; undefined: it stands */
  down: PromiseWithResolvers<void> | undefined;
}

/** Milliseconds between two looks at what time has decided, and between two checkpoints. */
const SETTLING = 1_000;
const RECOUNTING = 5_000;
/** Milliseconds between two writings of indicators met. */
const SIGHTING = 5_000;
/** Milliseconds that a delivery waits for an engine that is being started again, before its sender is told to come back. */
const PATIENCE = 10_000;
/** Part of the room that one source may take. */
const SHARE = 0.5;

/**
 * The way of every record: judged in an engine's thread, stored in the event store, its findings in the state store, and only then
 * confirmed. When a store fails nothing is confirmed and the same delivery may come again.
 */
export class LiveIntake implements Intake {
  readonly #options: LiveIntakeOptions;
  readonly #pool: EnginePool;
  readonly #safe: SafeJudge;
  readonly #watch: EngineWatch;
  readonly #book: SourceBook;
  readonly #sightings: SightingBook;
  readonly #checkpoints: Checkpoints;
  readonly #findings: FindingWriter;
  readonly #doubts: DoubtfulCounts;
  readonly #homes = new Map<string, Home>();
  /** a delivery that is tried again keeps its ids */
  readonly #salts = new WeakMap<Delivery, string>();
  readonly #start = randomUUID();
  readonly #timers: NodeJS.Timeout[];
  #deliveries = 0;
  #bytes = 0;
  readonly #bytesOf = new Map<string, number>();
  #roomers: (() => void)[] = [];
  #closed = false;
  #recounting = false;

  constructor(options: LiveIntakeOptions) {
    this.#options = options;
    this.#watch = new EngineWatch(options);
    this.#pool = new EnginePool({
      threads: options.workers,
      memory: options.engineMemory,
      died: (organizations, error) => {
        for (const organization of organizations) {
          const home = this.#homes.get(organization);
          if (home !== undefined) home.down ??= Promise.withResolvers();
        }
        this.#watch.died(organizations, error);
      },
    });
    this.#safe = new SafeJudge(
      this.#pool,
      (organization, patience) => this.#standing(organization, patience),
      (batch) => idsOf(batch, this.#homes.get(batch.organization)?.mask ?? String),
    );
    this.#book = new SourceBook(options.state);
    this.#sightings = new SightingBook(options.state);
    this.#checkpoints = new Checkpoints(options.state);
    this.#findings = new FindingWriter(options.state);
    this.#doubts = new DoubtfulCounts(options.state, options.events);
    this.#timers = [
      setInterval(
        () =>
          void this.#book
            .write()
            .catch((error) => options.fault('The account of sources could not be written.', error)),
        1_000,
      ),
      setInterval(() => void this.#sightings.write(), SIGHTING),
      setInterval(() => void this.#settleAll(), SETTLING),
      setInterval(() => void this.#saveCheckpoints().catch(() => {}), SETTLING),
      setInterval(() => void this.#recount(), RECOUNTING),
    ];
  }

  get room(): number {
    return this.#options.most - this.#bytes;
  }

  whenRoom(): Promise<void> {
    if (this.room > 0) return Promise.resolve();
    return new Promise((resolve) => this.#roomers.push(resolve));
  }

  /**
   * Makes, or makes anew, the engine of an organisation. Deliveries that come meanwhile wait in the engine's thread; those that the engine before
   * it judged are waited for, so that they are in the store when `remember` gives the new one what it must know.
   *
   * @throws EngineDied
   */
  async setup(setup: LiveSetup, maskKey: Uint8Array, remember: () => Promise<void> = async () => {}): Promise<void> {
    const about = {
      registryVersion: setup.registry?.version,
      slug: setup.slug,
      mask: maskWith(maskKey),
      seal: sealWith(maskKey),
    };
    const known = this.#homes.get(setup.organization);
    const home: Home = known ?? {
      ...about,
      underWay: 0,
      open: new Set(),
      storing: new Set(),
      lastReceived: 0,
      settling: false,
      unsettled: false,
      rebuilding: 0,
      down: undefined,
    };
    home.rebuilding += 1;
    try {
      await this.#pool.setup(setup, maskKey);
      Object.assign(home, about);
      home.down?.resolve();
      home.down = undefined;
      this.#homes.set(setup.organization, home);
      await Promise.allSettled(home.storing);
      await remember();
    } finally {
      home.rebuilding -= 1;
      home.unsettled = true;
    }
  }

  /** How the threads of the engine do, for an organisation. */
  engine(organization: string): EngineState {
    return this.#watch.state(organization);
  }

  except(organization: string, exceptions: readonly LiveException[]): void {
    this.#pool.except(organization, exceptions);
  }

  /**
   * Settles what an engine that is being set up was given to remember. What its new correlations make of it is not told: who looks back tells
   * it, and says that it was found in the past.
   *
   * @param fresh ids of correlations that the engine before it did not have
   */
  async settlePast(organization: string, fresh: ReadonlySet<string>): Promise<void> {
    const { settled } = await this.#pool.settle(organization, Date.now() * 1000, false, false);
    const told = settled.filter(
      ({ detector, document }) => detector !== 'correlation' || document === undefined || !fresh.has(document.rule.id),
    );
    const registryVersion = this.#homes.get(organization)?.registryVersion;
    await this.#findings.write(organization, told, { registryVersion, again: true });
  }

  drop(organization: string): void {
    this.#homes.delete(organization);
    this.#checkpoints.forget(organization);
    this.#pool.drop(organization);
  }

  async accept(delivery: Delivery): Promise<Receipt> {
    const { organization, records } = delivery;
    const home = this.#homes.get(organization);
    const source = this.#options.source(organization, delivery.source);
    if (home === undefined || source === undefined) throw new Busy('The organisation is being started.', 2);
    if (this.#closed) throw new Busy('The service is ending.', 5);
    this.#options.health.ensureRoom();
    if (this.room <= 0) throw new Busy('More records are under way than there is room for.', 1);
    // Its portions are under way one after the other.
    const size = Math.min(records.bytes.byteLength, Math.max(PORTION.bytes, records.ends[0] ?? 0));
    const ofSource = this.#bytesOf.get(source.id) ?? 0;
    if (ofSource > 0 && ofSource + size > this.#options.most * SHARE)
      throw new Busy('More records of this source are under way than there is room for.', 1);
    this.#take(size, home, delivery);
    try {
      if (!this.#checkpoints.covers(organization, delivery.received)) await this.#saveCheckpoint(organization);
      let stored = 0;
      const misread: Misread[] = [];
      for (const portion of portions(records)) {
        const receipt = await this.#accepted(delivery, portion, home, source);
        for (const one of receipt.misread) misread.push({ ...one, index: portion.first + one.index });
        stored += receipt.stored;
        // A portion that is not the whole was made for this alone.
        if (portion.equals !== undefined) release(portion.records.bytes);
      }
      return { stored, misread };
    } catch (error) {
      if (error instanceof StoreUnavailable) {
        this.#options.health.failed(error);
        // Perhaps it is in one store and not in the other.
        this.#doubts.doubt(organization);
      }
      throw error;
    } finally {
      this.#give(size, home, delivery);
    }
  }

  async #accepted(delivery: Delivery, portion: Portion, home: Home, source: LiveSource): Promise<Receipt> {
    const { organization } = delivery;
    const { records } = portion;
    const begun = performance.now();
    const batch: EngineBatch = { ...this.#batch(delivery, source), ...portion };
    let judgedAt = begun;
    let insertedAt = begun;
    const { judged, unjudged } = await this.#judged(batch, home, async (outcome) => {
      judgedAt = performance.now();
      if (outcome.judged !== undefined) {
        const { rows } = outcome.judged;
        await this.#options.events.insert(organization, rows);
        // Their buffer came from the engine's thread for this alone; its end is room to spare.
        release(new Uint8Array(rows.bytes.buffer));
      }
      if (outcome.unjudged.length > 0)
        await this.#options.events.insert(
          organization,
          unjudgedRows(batch, outcome.unjudged, idsOf(batch, home.mask), home.seal),
        );
      insertedAt = performance.now();
      this.#options.health.worked('events');
      const found = outcome.judged?.findings ?? [];
      if (found.length === 0) return;
      await this.#findings.write(organization, found, { registryVersion: home.registryVersion });
      this.#options.health.worked('state');
    });
    const storedAt = performance.now();
    home.unsettled = true;
    // Of the last one, not the latest: the clock may have been set back.
    home.lastReceived = delivery.received;
    const { meter } = this.#options;
    const seconds = (from: number, to: number) => (to - from) / 1000;
    meter.batch(home.slug, delivery.listener, {
      judge: seconds(begun, judgedAt),
      events: seconds(judgedAt, insertedAt),
      state: seconds(insertedAt, storedAt),
    });
    const newest = judged?.newest ?? Number.NaN;
    if (!Number.isNaN(newest)) meter.lag(home.slug, delivery.listener, Math.max(0, delivery.received - newest) / 1e6);
    for (const { detector, count } of judged?.findings ?? []) meter.findings(home.slug, detector, count);
    if (unjudged.length > 0) this.#watch.unjudged(organization, home.slug, unjudged.length);
    const misread = [
      ...placed(judged?.misread ?? [], unjudged, records.ends.length),
      ...unjudgedProblems(batch, unjudged),
    ];
    this.#sightings.note(organization, judged?.met ?? []);
    this.#book.note({
      organization,
      source: source.id,
      events: records.ends.length,
      bytes: records.bytes.byteLength,
      received: delivery.received,
      newest,
      offset: judged?.offset ?? Number.NaN,
      misread,
      // What should have been masked is not shown.
      cut:
        records.cut === undefined || source.masking.length === 0 ? records.cut : { ...records.cut, line: SEALED_LINE },
      hits: judged?.hits ?? [],
    });
    return { stored: records.ends.length, misread };
  }

  /**
   * Judges stored events again: their findings are stored where they are missing, and correlations know of them.
   *
   * @param remember only for correlations and terms: what rules find in the past is told by who looks back, and said to be so
   */
  async replay(
    organization: string,
    source: LiveSource,
    batch: Pick<EngineBatch, 'records' | 'received'> & { readonly ids: readonly string[] },
    remember = false,
  ): Promise<void> {
    const home = this.#homes.get(organization);
    if (home === undefined) return;
    const { unjudged } = await this.#judged({ organization, source, ...batch }, home, async ({ judged }) =>
      this.#findings.write(organization, remember ? [] : (judged?.findings ?? []), {
        registryVersion: home.registryVersion,
        again: true,
      }),
    );
    if (unjudged.length > 0)
      this.#options.fault(
        'Stored events could not be judged again.',
        new Error(`${unjudged.length} events of the source ${source.name}. ${KILLED.message}`),
      );
    home.unsettled = true;
  }

  /** Says that everything received up to a moment (microseconds), and stored before this start, is judged. */
  caughtUp(organization: string, received: number): void {
    const home = this.#homes.get(organization);
    if (home?.lastReceived === 0) home.lastReceived = received;
    // Shippers send again what was stored before a kill and not confirmed.
    this.#doubts.doubt(organization);
  }

  /** Judges a batch and has it stored; what it feeds counts once it is. */
  async #judged(
    batch: EngineBatch,
    home: Home,
    store: (outcome: SafelyJudged) => Promise<void>,
  ): Promise<SafelyJudged> {
    const { organization } = batch;
    for (let whole = false; ; whole = true) {
      const outcome = await this.#safe.judge({ ...batch, whole });
      const { judged } = outcome;
      const storing = store(outcome);
      home.storing.add(storing);
      try {
        await storing;
        if (judged !== undefined) this.#pool.confirm(organization, judged);
        return outcome;
      } catch (error) {
        if (judged !== undefined) this.#pool.forget(organization, judged);
        // A finding that the engine knew to be stored was taken away meanwhile.
        if (whole || !(error instanceof FindingsMissing)) throw error;
      } finally {
        home.storing.delete(storing);
      }
    }
  }

  /** Microseconds: everything received before this moment was judged and its findings stored. */
  checkpoint(organization: string): number {
    const home = this.#homes.get(organization);
    if (home === undefined) return 0;
    return home.open.size > 0 ? Math.min(...[...home.open].map(({ received }) => received)) : home.lastReceived;
  }

  /** Settles all that can be settled now; for tests, and at the end. */
  async settle(): Promise<void> {
    await Promise.all([...this.#homes].map(([organization, home]) => this.#settle(organization, home, true, true)));
    await Promise.all([this.#book.write(), this.#sightings.write()]);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watch.close();
    for (const timer of this.#timers) clearInterval(timer);
    while (this.#bytes > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await this.settle().catch((error) =>
      this.#options.fault('The last findings could not be stored; they are made at the next start.', error),
    );
    await this.#saveCheckpoints().catch(() => {});
    await this.#pool.close();
  }

  async #recount(): Promise<void> {
    if (this.#recounting) return;
    this.#recounting = true;
    await this.#doubts.look().catch((error) => this.#options.fault('Findings could not be counted anew yet.', error));
    this.#recounting = false;
  }

  async #saveCheckpoints(): Promise<void> {
    for (const organization of this.#homes.keys()) await this.#saveCheckpoint(organization);
  }

  #saveCheckpoint(organization: string): Promise<void> {
    return this.#checkpoints.write(organization, () => this.checkpoint(organization));
  }

  async #settleAll(): Promise<void> {
    for (const [organization, home] of this.#homes)
      if (home.unsettled) await this.#settle(organization, home, home.underWay === 0, false);
  }

  async #settle(organization: string, home: Home, idle: boolean, all: boolean): Promise<void> {
    if (home.settling || home.rebuilding > 0 || home.down !== undefined) return;
    home.settling = true;
    home.unsettled = false;
    try {
      const { settled, pending } = await this.#pool.settle(organization, Date.now() * 1000, idle, all);
      if (pending) home.unsettled = true;
      await this.#findings.write(organization, settled, { registryVersion: home.registryVersion, again: true });
    } catch (error) {
      home.unsettled = true;
      this.#pool.unsettle(organization);
      this.#options.fault('Findings of correlations and terms could not be stored yet.', error);
    } finally {
      home.settling = false;
    }
  }

  /** @throws Busy */
  async #standing(organization: string, patience = PATIENCE): Promise<void> {
    const down = this.#homes.get(organization)?.down;
    if (down === undefined) return;
    const waited = new AbortController();
    const late = sleep(patience, 'late', { signal: waited.signal }).catch(() => undefined);
    if ((await Promise.race([down.promise, late])) === 'late')
      throw new Busy('The engine that judges events is being started again.', 2);
    waited.abort();
    // Before the new thread has set it up, it may have died again.
    return this.#standing(organization, patience);
  }

  #batch(delivery: Delivery, source: LiveSource): EngineBatch {
    const { organization, records, received, origin } = delivery;
    let salt: string | undefined;
    if (origin !== undefined) salt = `${origin.name}:${origin.record}`;
    else if (delivery.delivery === 'once') {
      salt = this.#salts.get(delivery);
      if (salt === undefined) {
        this.#deliveries += 1;
        salt = `${this.#start}:${this.#deliveries}`;
        this.#salts.set(delivery, salt);
      }
    }
    return {
      organization,
      source,
      records,
      received,
      ...(salt === undefined ? {} : { salt }),
    };
  }

  #take(size: number, home: Home, delivery: Delivery): void {
    this.#bytes += size;
    this.#bytesOf.set(delivery.source, (this.#bytesOf.get(delivery.source) ?? 0) + size);
    home.underWay += 1;
    home.open.add(delivery);
    this.#options.meter.waiting(home.slug, this.#bytes);
  }

  #give(size: number, home: Home, delivery: Delivery): void {
    this.#bytes -= size;
    const left = (this.#bytesOf.get(delivery.source) ?? 0) - size;
    if (left > 0) this.#bytesOf.set(delivery.source, left);
    else this.#bytesOf.delete(delivery.source);
    home.underWay -= 1;
    home.open.delete(delivery);
    this.#options.meter.waiting(home.slug, this.#bytes);
    if (this.room > 0) for (const tell of this.#roomers.splice(0)) tell();
  }
}

/** Gives what was misread its place in the whole batch, of which some records were left out. */
function placed<M extends { readonly index: number }>(
  misread: readonly M[],
  left: readonly number[],
  records: number,
): readonly M[] {
  if (left.length === 0 || misread.length === 0) return misread;
  const judged = Array.from({ length: records }, (_, index) => index).filter((index) => !left.includes(index));
  return misread.map((one) => ({ ...one, index: judged[one.index] }));
}
