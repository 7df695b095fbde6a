import { randomUUID } from 'node:crypto';
import {
  FindingsMissing,
  type JudgedBatch,
  type LiveException,
  type LiveSetup,
  type LiveSource,
} from '../../detection/index.ts';
import type { EventStore, StateStore } from '../../storage/index.ts';
import { Busy, type Delivery, type Intake, type Receipt } from '../../telemetry/index.ts';
import type { Meter } from '../metrics/meter.ts';
import { Checkpoints } from './checkpoints.ts';
import { EnginePool } from './engine-pool.ts';
import type { EngineBatch } from './engine-protocol.ts';
import { FindingWriter } from './finding-writer.ts';
import { SourceBook } from './source-book.ts';

export interface LiveIntakeOptions {
  readonly state: StateStore;
  readonly events: EventStore;
  readonly meter: Meter;
  readonly workers: number;
  /** bytes of records that may be under way at once */
  readonly most: number;
  /** what the engine knows of a source; undefined: there is no such one any more */
  source(organization: string, source: string): LiveSource | undefined;
  /** told of what goes wrong behind the scenes */
  fault(what: string, error: unknown): void;
}

interface Home {
  registryVersion: number | undefined;
  slug: string;
  underWay: number;
  /** deliveries under way; several may have the same receipt */
  readonly open: Set<Delivery>;
  lastReceived: number;
  settling: boolean;
  unsettled: boolean;
}

/** Milliseconds between two looks at what time has decided, and between two checkpoints. */
const SETTLING = 1_000;

/**
 * The way of every record: judged in an engine's thread, stored in the event store, its findings in the state store, and only then
 * confirmed. When a store fails nothing is confirmed and the same delivery may come again.
 */
export class LiveIntake implements Intake {
  readonly #options: LiveIntakeOptions;
  readonly #pool: EnginePool;
  readonly #book: SourceBook;
  readonly #checkpoints: Checkpoints;
  readonly #findings: FindingWriter;
  readonly #homes = new Map<string, Home>();
  /** a delivery that is tried again keeps its ids */
  readonly #salts = new WeakMap<Delivery, string>();
  readonly #start = randomUUID();
  readonly #timers: NodeJS.Timeout[];
  #deliveries = 0;
  #bytes = 0;
  #roomers: (() => void)[] = [];
  #closed = false;

  constructor(options: LiveIntakeOptions) {
    this.#options = options;
    this.#pool = new EnginePool(options.workers, (error) => options.fault('A thread of the engine ended.', error));
    this.#book = new SourceBook(options.state);
    this.#checkpoints = new Checkpoints(options.state);
    this.#findings = new FindingWriter(options.state);
    this.#timers = [
      setInterval(
        () =>
          void this.#book
            .write()
            .catch((error) => options.fault('The account of sources could not be written.', error)),
        1_000,
      ),
      setInterval(() => void this.#settleAll(), SETTLING),
      setInterval(() => void this.#saveCheckpoints().catch(() => {}), SETTLING),
    ];
  }

  get room(): number {
    return this.#options.most - this.#bytes;
  }

  whenRoom(): Promise<void> {
    if (this.room > 0) return Promise.resolve();
    return new Promise((resolve) => this.#roomers.push(resolve));
  }

  /** Makes, or makes anew, the engine of an organisation. Deliveries that come meanwhile wait in the engine's thread. */
  async setup(setup: LiveSetup, maskKey: Uint8Array): Promise<void> {
    await this.#pool.setup(setup, maskKey);
    const known = this.#homes.get(setup.organization);
    if (known !== undefined) Object.assign(known, { registryVersion: setup.registry?.version, slug: setup.slug });
    else
      this.#homes.set(setup.organization, {
        registryVersion: setup.registry?.version,
        slug: setup.slug,
        underWay: 0,
        open: new Set(),
        lastReceived: 0,
        settling: false,
        unsettled: false,
      });
  }

  except(organization: string, exceptions: readonly LiveException[]): void {
    this.#pool.except(organization, exceptions);
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
    if (this.room <= 0) throw new Busy('More records are under way than there is room for.', 1);
    const size = records.bytes.byteLength;
    this.#take(size, home, delivery);
    const begun = performance.now();
    try {
      if (!this.#checkpoints.covers(organization, delivery.received)) await this.#saveCheckpoint(organization);
      let judgedAt = begun;
      let insertedAt = begun;
      const judged = await this.#judged(this.#batch(delivery, source), async ({ rows, findings }) => {
        judgedAt = performance.now();
        await this.#options.events.insert(organization, rows);
        insertedAt = performance.now();
        await this.#findings.write(organization, findings, { registryVersion: home.registryVersion });
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
      if (!Number.isNaN(judged.newest))
        meter.lag(home.slug, delivery.listener, Math.max(0, delivery.received - judged.newest) / 1e6);
      for (const { detector, count } of judged.findings) meter.findings(home.slug, detector, count);
      this.#book.note({
        organization,
        source: source.id,
        events: records.ends.length,
        bytes: size,
        received: delivery.received,
        newest: judged.newest,
        offset: judged.offset,
        misread: judged.misread,
        hits: judged.hits,
      });
      return { stored: records.ends.length, misread: judged.misread };
    } finally {
      this.#give(size, home, delivery);
    }
  }

  /** Judges stored events again: their findings are stored where they are missing, and correlations know of them. */
  async replay(
    organization: string,
    source: LiveSource,
    batch: Pick<EngineBatch, 'records' | 'received'> & { readonly ids: readonly string[] },
  ): Promise<void> {
    const home = this.#homes.get(organization);
    if (home === undefined) return;
    await this.#judged({ organization, source, ...batch }, ({ findings }) =>
      this.#findings.write(organization, findings, { registryVersion: home.registryVersion, again: true }),
    );
    home.unsettled = true;
  }

  /** Does what feeds stored events to an engine; meanwhile nothing counts as over because no more of it has come yet. */
  async remembering<T>(organization: string, work: () => Promise<T>): Promise<T> {
    const home = this.#homes.get(organization);
    if (home !== undefined) home.underWay += 1;
    try {
      return await work();
    } finally {
      if (home !== undefined) home.underWay -= 1;
    }
  }

  /** Says that everything received up to a moment (microseconds), and stored before this start, is judged. */
  caughtUp(organization: string, received: number): void {
    const home = this.#homes.get(organization);
    if (home?.lastReceived === 0) home.lastReceived = received;
  }

  /** Judges a batch and has it stored; what it feeds counts once it is. */
  async #judged(batch: EngineBatch, store: (judged: JudgedBatch) => Promise<void>): Promise<JudgedBatch> {
    const { organization } = batch;
    for (let whole = false; ; whole = true) {
      const judged = await this.#pool.judge({ ...batch, whole });
      try {
        await store(judged);
        this.#pool.confirm(organization, judged.number);
        return judged;
      } catch (error) {
        this.#pool.forget(organization, judged.number);
        // A finding that the engine knew to be stored was taken away meanwhile.
        if (whole || !(error instanceof FindingsMissing)) throw error;
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
    await Promise.all([...this.#homes].map(([organization, home]) => this.#settle(organization, home, true)));
    await this.#book.write();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    while (this.#bytes > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await this.settle().catch((error) =>
      this.#options.fault('The last findings could not be stored; they are made at the next start.', error),
    );
    await this.#saveCheckpoints().catch(() => {});
    await this.#pool.close();
  }

  async #saveCheckpoints(): Promise<void> {
    for (const organization of this.#homes.keys()) await this.#saveCheckpoint(organization);
  }

  #saveCheckpoint(organization: string): Promise<void> {
    return this.#checkpoints.write(organization, () => this.checkpoint(organization));
  }

  async #settleAll(): Promise<void> {
    for (const [organization, home] of this.#homes)
      if (home.unsettled) await this.#settle(organization, home, home.underWay === 0);
  }

  async #settle(organization: string, home: Home, idle: boolean): Promise<void> {
    if (home.settling) return;
    home.settling = true;
    home.unsettled = false;
    try {
      const findings = await this.#pool.settle(organization, Date.now() * 1000, idle);
      await this.#findings.write(organization, findings, { registryVersion: home.registryVersion, again: true });
    } catch (error) {
      home.unsettled = true;
      this.#pool.unsettle(organization);
      this.#options.fault('Findings of correlations and terms could not be stored yet.', error);
    } finally {
      home.settling = false;
    }
  }

  #batch(delivery: Delivery, source: LiveSource): EngineBatch {
    const { organization, records, received, context, origin } = delivery;
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
      ...(context === undefined ? {} : { context }),
    };
  }

  #take(size: number, home: Home, delivery: Delivery): void {
    this.#bytes += size;
    home.underWay += 1;
    home.open.add(delivery);
    this.#options.meter.waiting(home.slug, this.#bytes);
  }

  #give(size: number, home: Home, delivery: Delivery): void {
    this.#bytes -= size;
    home.underWay -= 1;
    home.open.delete(delivery);
    this.#options.meter.waiting(home.slug, this.#bytes);
    if (this.room > 0) for (const tell of this.#roomers.splice(0)) tell();
  }
}
