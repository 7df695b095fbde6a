import { Worker } from 'node:worker_threads';
import type { JudgedBatch, LiveException, LiveFinding, LiveSetup } from '../../detection/index.ts';
import type { EngineBatch, FromEngine, ToEngine } from './engine-protocol.ts';

interface Waiting {
  resolve(message: FromEngine): void;
  reject(error: Error): void;
}

type Ask = ToEngine extends infer A ? (A extends { readonly id: number } ? Omit<A, 'id'> : never) : never;

/** The threads in which events are judged. An organisation always goes to the same one, so that its events keep their order. */
export class EnginePool {
  readonly #threads: Thread[];
  readonly #homes = new Map<string, Thread>();

  /** @param died called when a thread ended by itself; its organisations must be set up anew */
  constructor(size: number, died: (error: Error) => void) {
    this.#threads = Array.from({ length: size }, () => new Thread(died));
  }

  async setup(setup: LiveSetup, maskKey: Uint8Array): Promise<void> {
    await this.#home(setup.organization).ask({ kind: 'setup', setup, maskKey });
  }

  except(organization: string, exceptions: readonly LiveException[]): void {
    this.#home(organization).say({ kind: 'exceptions', organization, exceptions });
  }

  async judge(batch: EngineBatch): Promise<JudgedBatch> {
    const answer = await this.#home(batch.organization).ask({ kind: 'judge', batch });
    if (!('judged' in answer)) throw new TypeError('the engine answered something else than a judged batch');
    return answer.judged;
  }

  confirm(organization: string, number: number): void {
    this.#home(organization).say({ kind: 'confirm', organization, number });
  }

  forget(organization: string, number: number): void {
    this.#home(organization).say({ kind: 'forget', organization, number });
  }

  async settle(organization: string, received: number, idle: boolean): Promise<readonly LiveFinding[]> {
    const answer = await this.#home(organization).ask({ kind: 'settle', organization, received, idle });
    return 'settled' in answer ? answer.settled : [];
  }

  unsettle(organization: string): void {
    this.#home(organization).say({ kind: 'unsettle', organization });
  }

  drop(organization: string): void {
    this.#homes.get(organization)?.say({ kind: 'drop', organization });
    this.#homes.delete(organization);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  #home(organization: string): Thread {
    let home = this.#homes.get(organization);
    if (home === undefined) {
      home = this.#threads.reduce((least, thread) => (thread.homes < least.homes ? thread : least));
      home.homes += 1;
      this.#homes.set(organization, home);
    }
    return home;
  }
}

class Thread {
  homes = 0;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  #closing = false;

  constructor(died: (error: Error) => void) {
    this.#worker = new Worker(new URL('./engine-worker.ts', import.meta.url), {
      resourceLimits: { maxYoungGenerationSizeMb: 32 },
    });
    this.#worker.on('message', (message: FromEngine) => {
      const waiting = this.#waiting.get(message.id);
      this.#waiting.delete(message.id);
      if ('error' in message) waiting?.reject(new Error(message.error));
      else waiting?.resolve(message);
    });
    const end = (error: Error) => {
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
      if (!this.#closing) died(error);
    };
    this.#worker.on('error', end);
    this.#worker.on('exit', (code) => {
      if (!this.#closing) end(new Error(`a thread of the engine ended with code ${code}`));
    });
  }

  say(message: ToEngine): void {
    this.#worker.postMessage(message);
  }

  ask(ask: Ask): Promise<FromEngine> {
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...ask, id });
    });
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#worker.terminate();
  }
}
