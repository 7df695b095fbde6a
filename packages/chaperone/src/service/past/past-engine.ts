import type { LiveFinding, LiveSetup, LiveSource } from '../../detection/index.ts';
import { EnginePool } from '../intake/engine-pool.ts';
import type { EngineBatch } from '../intake/engine-protocol.ts';
import { SafeJudge, type SafelyJudged } from '../intake/judge-safely.ts';

/** A stored event as it is judged again. */
export interface PastRow {
  readonly id: string;
  readonly source: string;
  readonly raw: string;
  /** microseconds of its receipt, as text */
  readonly at: string;
}

/** An engine of its own for judging the past, in a thread of its own: the live ones are not held up, and what they remember is not touched. */
export class PastEngine {
  readonly #setup: LiveSetup;
  readonly #pool: EnginePool;
  readonly #safe: SafeJudge;
  #ready: Promise<void>;

  private constructor(setup: LiveSetup, memory: number | undefined) {
    this.#setup = setup;
    this.#pool = new EnginePool({
      threads: 1,
      memory,
      died: () => {
        this.#ready = this.#begin();
        this.#ready.catch(() => {});
      },
    });
    this.#ready = this.#begin();
    this.#safe = new SafeJudge(
      this.#pool,
      () => this.#ready,
      ({ ids }) => ids ?? [],
    );
  }

  static async start(setup: LiveSetup, memory: number | undefined): Promise<PastEngine> {
    const engine = new PastEngine(setup, memory);
    await engine.#ready;
    return engine;
  }

  /** Judges stored events of one source and one receipt; what was masked is masked already. */
  async judge(source: LiveSource, rows: readonly PastRow[]): Promise<SafelyJudged> {
    const texts = rows.map(({ raw }) => Buffer.from(raw));
    let end = 0;
    const ends = Uint32Array.from(texts, (text) => {
      end += text.length;
      return end;
    });
    const batch: EngineBatch = {
      organization: this.#setup.organization,
      source: { ...source, masking: [] },
      records: { bytes: new Uint8Array(Buffer.concat(texts)), ends },
      received: Number(rows[0].at),
      ids: rows.map(({ id }) => id),
      whole: true,
    };
    const outcome = await this.#safe.judge(batch);
    if (outcome.judged !== undefined) this.#pool.confirm(this.#setup.organization, outcome.judged);
    return outcome;
  }

  /** What correlations make of everything judged. */
  async settle(): Promise<readonly LiveFinding[]> {
    return (await this.#pool.settle(this.#setup.organization, Date.now() * 1000, true, true)).settled;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  // Masks and seals nothing, for it is given what is masked.
  #begin(): Promise<void> {
    return this.#pool.setup(this.#setup, new Uint8Array(32));
  }
}
