import { createHash } from 'node:crypto';
import { recordId } from '../../detection/index.ts';
import type { RecordBatch } from '../../telemetry/index.ts';
import type { EnginePool, Judged } from './engine-pool.ts';
import type { EngineBatch } from './engine-protocol.ts';
import { EngineDied } from './engine-thread.ts';
import { recordTexts } from './record-texts.ts';

export interface SafelyJudged {
  /** the records that could be judged; undefined: none */
  readonly judged: Judged | undefined;
  /** those over which the engine died again and again, by their place in the batch */
  readonly unjudged: readonly number[];
}

/** So often a batch may be what a thread was at when it died, before its records are tried one by one. */
const MOST_DEATHS = 2;
/** So many records of one batch may kill a thread before no more of it is tried. */
const MOST_KILLERS = 3;
/** Milliseconds: what was found out about a batch so far would be lost if its sender were sent away. */
const PATIENCE = 120_000;
/** Batches remembered for having killed a thread: their sender may give up and come again. */
const MOST_REMEMBERED = 1_000;

/**
 * Judges batches though threads die. A batch that was under way goes to the next thread; one over which threads die is told by what they were
 * at, its records are tried one by one, and what kills is left unjudged.
 */
export class SafeJudge {
  readonly #pool: EnginePool;
  readonly #standing: (organization: string, patience?: number) => Promise<void>;
  readonly #ids: (batch: EngineBatch) => readonly string[];
  readonly #deaths = new Map<string, number>();

  /**
   * @param standing resolves when an organisation is set up in a thread that lives; throws what tells senders to come again when that takes
   * longer than `patience`, milliseconds
   * @param ids those that an engine would give the records of a batch
   */
  constructor(
    pool: EnginePool,
    standing: (organization: string, patience?: number) => Promise<void>,
    ids: (batch: EngineBatch) => readonly string[],
  ) {
    this.#ids = ids;
    this.#pool = pool;
    this.#standing = standing;
  }

  async judge(batch: EngineBatch): Promise<SafelyJudged> {
    for (;;) {
      await this.#standing(batch.organization);
      try {
        return { judged: await this.#pool.judge(batch), unjudged: [] };
      } catch (error) {
        if (!(error instanceof EngineDied)) throw error;
        if (error.suspect && this.#count(batch) >= MOST_DEATHS) return this.#oneByOne(batch);
      }
    }
  }

  async #oneByOne(batch: EngineBatch): Promise<SafelyJudged> {
    const { ends } = batch.records;
    const everything = Array.from(ends, (_, index) => index);
    if (ends.length === 1) return { judged: undefined, unjudged: everything };
    const ids = this.#ids(batch);
    const killers: number[] = [];
    for (const index of everything) {
      if (await this.#survives(part(batch, ids, [index]))) continue;
      killers.push(index);
      if (killers.length >= MOST_KILLERS) return { judged: undefined, unjudged: everything };
    }
    const rest = everything.filter((index) => !killers.includes(index));
    if (rest.length === 0) return { judged: undefined, unjudged: everything };
    await this.#standing(batch.organization, PATIENCE);
    try {
      return { judged: await this.#pool.judge(part(batch, ids, rest)), unjudged: killers };
    } catch (error) {
      // No record of it kills by itself, but all together do.
      if (error instanceof EngineDied && error.suspect) return { judged: undefined, unjudged: everything };
      throw error;
    }
  }

  async #survives(record: EngineBatch): Promise<boolean> {
    for (let known = this.#deaths.has(keyOf(record)); !known; ) {
      await this.#standing(record.organization, PATIENCE);
      try {
        this.#pool.forget(record.organization, await this.#pool.judge(record));
        return true;
      } catch (error) {
        if (!(error instanceof EngineDied)) throw error;
        if (error.suspect) {
          this.#count(record);
          known = true;
        }
      }
    }
    return false;
  }

  #count(batch: EngineBatch): number {
    const key = keyOf(batch);
    const deaths = (this.#deaths.get(key) ?? 0) + 1;
    if (this.#deaths.size >= MOST_REMEMBERED) this.#deaths.clear();
    this.#deaths.set(key, deaths);
    return deaths;
  }
}

/** The ids that an engine would give the records of a batch. */
export function idsOf(batch: EngineBatch, mask: (value: string) => string): readonly string[] {
  const { ids, source } = batch;
  if (ids !== undefined) return ids;
  const { texts, salts } = recordTexts(batch);
  return texts.map((text, index) => recordId(source, text, salts[index], mask));
}

function keyOf({ organization, records }: EngineBatch): string {
  return createHash('sha256').update(organization).update(records.bytes).digest('base64url');
}

function part(batch: EngineBatch, ids: readonly string[], indexes: readonly number[]): EngineBatch {
  const { bytes, ends } = batch.records;
  const parts = indexes.map((index) => bytes.subarray(index === 0 ? 0 : ends[index - 1], ends[index]));
  let end = 0;
  const records: RecordBatch = {
    bytes: new Uint8Array(Buffer.concat(parts)),
    ends: Uint32Array.from(parts, ({ length }) => {
      end += length;
      return end;
    }),
  };
  return { ...batch, records, ids: indexes.map((index) => ids[index]) };
}
