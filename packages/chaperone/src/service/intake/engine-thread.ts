import { Worker } from 'node:worker_threads';
import type { FromEngine, ToEngine } from './engine-protocol.ts';

interface Waiting {
  resolve(message: FromEngine): void;
  reject(error: Error): void;
}

type Ask = ToEngine extends infer A ? (A extends { readonly id: number } ? Omit<A, 'id'> : never) : never;

/** The thread that was asked ended before it answered. The same may be asked again when its organisation is set up anew. */
export class EngineDied extends Error {
  readonly code = 'engine_died';
  readonly retryAfter = 2;
  /** what was asked is what the thread was at when it ended */
  readonly suspect: boolean;

  constructor(message: string, suspect: boolean, cause?: unknown) {
    super(message, { cause });
    this.name = 'EngineDied';
    this.suspect = suspect;
  }
}

/** Milliseconds before a thread that ended without having answered anything is started again: doubled each time up to the longest. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 30_000;

/** One thread of the engine. One that ends by itself is followed by a new one, which knows nothing. */
export class EngineThread {
  /** organisations that it judges for */
  homes = 0;
  /** how many threads there have been here; an answer counts only within one life */
  life = 0;
  readonly #memory: number | undefined;
  readonly #died: (error: EngineDied) => void;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #running = Promise.withResolvers<void>();
  #next = 0;
  #answered = 0;
  #pause = 0;
  #again: NodeJS.Timeout | undefined;
  #closing = false;

  /**
   * @param memory MiB of objects that it may hold
   * @param died called when a thread ended by itself, before anybody who waits for an answer hears of it
   */
  constructor(memory: number | undefined, died: (error: EngineDied) => void) {
    this.#memory = memory;
    this.#died = died;
    this.#start();
  }

  /** Resolves when a thread runs. */
  get running(): Promise<void> {
    return this.#running.promise;
  }

  say(message: ToEngine): void {
    this.#worker?.postMessage(message);
  }

  /** @throws EngineDied */
  ask(ask: Ask): Promise<FromEngine> {
    const worker = this.#worker;
    if (worker === undefined) return Promise.reject(new EngineDied('The engine is being started again.', false));
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      worker.postMessage({ ...ask, id });
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#again);
    await this.#worker?.terminate();
  }

  #start(): void {
    this.life += 1;
    this.#answered = 0;
    const worker = new Worker(new URL('./engine-worker.ts', import.meta.url), {
      resourceLimits: {
        // Half-spaces of 32 MB: a batch's events are looked at once and gone; with a third of it they cost a sixth more.
        maxYoungGenerationSizeMb: 96,
        ...(this.#memory === undefined ? {} : { maxOldGenerationSizeMb: this.#memory }),
      },
    });
    this.#worker = worker;
    this.#running.resolve();
    worker.on('message', (message: FromEngine) => {
      this.#answered += 1;
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if ('error' in message) waiting?.reject(new Error(message.error));
      else waiting?.resolve(message);
    });
    let cause: unknown;
    worker.on('error', (error) => {
      cause = error;
    });
    worker.on('exit', (code) => {
      if (!this.#closing) this.#ended(cause, code);
    });
  }

  #ended(cause: unknown, code: number): void {
    this.#worker = undefined;
    this.#running = Promise.withResolvers();
    const why = cause instanceof Error ? cause.message : `it ended with code ${code}`;
    const told = `A thread of the engine died: ${why}`;
    this.#pause = this.#answered > 0 ? 0 : Math.min(Math.max(FIRST_PAUSE, this.#pause * 2), LONGEST_PAUSE);
    this.#again = setTimeout(() => this.#start(), this.#pause);
    this.#died(new EngineDied(told, false, cause));
    // It answers in the order in which it is asked: what waited longest is what it was at.
    const [first, ...rest] = [...this.#waiting.values()];
    this.#waiting.clear();
    first?.reject(new EngineDied(told, true, cause));
    for (const { reject } of rest) reject(new EngineDied(told, false, cause));
  }
}
