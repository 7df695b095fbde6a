import { randomUUID } from 'node:crypto';
import type { JudgedBatch, LiveException, LiveFinding, LiveSetup } from '../../detection/index.ts';
import type { EngineBatch } from './engine-protocol.ts';
import { type EngineDied, EngineThread } from './engine-thread.ts';
import { FairLine } from './fair-line.ts';

/** A judged batch with the life of the thread that judged it: numbers begin anew in each. */
export interface Judged extends JudgedBatch {
  readonly life: number;
}

export interface EnginePoolOptions {
  readonly threads: number;
  /** MiB of objects that a thread may hold before it is ended; undefined: what Node allows */
  readonly memory: number | undefined;
  /** A thread ended by itself, and a new one is being started: these organisations must be set up anew. */
  died(organizations: readonly string[], error: EngineDied): void;
}

/** Which set of rules each organisation of a thread has. */
interface Shelf {
  readonly life: number;
  readonly uses: Map<string, string>;
}

/** The threads in which events are judged. An organisation always goes to the same one, so that its events keep their order. */
export class EnginePool {
  readonly #threads: EngineThread[];
  readonly #homes = new Map<string, EngineThread>();
  readonly #shelves = new Map<EngineThread, Shelf>();
  readonly #lines = new Map<EngineThread, FairLine>();

  constructor({ threads, memory, died }: EnginePoolOptions) {
    this.#threads = Array.from({ length: threads }, () => {
      const thread: EngineThread = new EngineThread(memory, (error) =>
        died(
          [...this.#homes].filter(([, home]) => home === thread).map(([organization]) => organization),
          error,
        ),
      );
      this.#lines.set(thread, new FairLine());
      return thread;
    });
  }

  /** @throws EngineDied */
  async setup(setup: LiveSetup, maskKey: Uint8Array): Promise<void> {
    const home = this.#home(setup.organization);
    await home.running;
    const { rules, rulesKey = randomUUID(), ...rest } = setup;
    const shelf = this.#shelfOf(home);
    if (![...shelf.uses.values()].includes(rulesKey)) home.say({ kind: 'rules', key: rulesKey, rules });
    const before = shelf.uses.get(setup.organization);
    shelf.uses.set(setup.organization, rulesKey);
    const done = home.ask({ kind: 'setup', setup: { ...rest, rulesKey }, maskKey });
    this.#tidy(home, shelf, before);
    await done;
  }

  except(organization: string, exceptions: readonly LiveException[]): void {
    this.#home(organization).say({ kind: 'exceptions', organization, exceptions });
  }

  /** @throws EngineDied */
  async judge(batch: EngineBatch): Promise<Judged> {
    const home = this.#home(batch.organization);
    // Whoever sends without end, or what takes long to judge, must not keep others waiting.
    return this.#lines.get(home)!.run(batch.source.id, async () => {
      const { life } = home;
      const answer = await home.ask({ kind: 'judge', batch });
      if (!('judged' in answer)) throw new TypeError('the engine answered something else than a judged batch');
      return { ...answer.judged, life };
    });
  }

  confirm(organization: string, { number, life }: Judged): void {
    const home = this.#home(organization);
    if (home.life === life) home.say({ kind: 'confirm', organization, number });
  }

  forget(organization: string, { number, life }: Judged): void {
    const home = this.#home(organization);
    if (home.life === life) home.say({ kind: 'forget', organization, number });
  }

  /**
   * @param all terms too, however long that takes
   * @returns also whether something was left for later
   * @throws EngineDied
   */
  async settle(
    organization: string,
    received: number,
    idle: boolean,
    all: boolean,
  ): Promise<{ readonly settled: readonly LiveFinding[]; readonly pending: boolean }> {
    const answer = await this.#home(organization).ask({ kind: 'settle', organization, received, idle, all });
    return 'settled' in answer ? answer : { settled: [], pending: false };
  }

  unsettle(organization: string): void {
    this.#home(organization).say({ kind: 'unsettle', organization });
  }

  drop(organization: string): void {
    const home = this.#homes.get(organization);
    if (home === undefined) return;
    home.homes -= 1;
    home.say({ kind: 'drop', organization });
    const shelf = this.#shelfOf(home);
    const before = shelf.uses.get(organization);
    shelf.uses.delete(organization);
    this.#tidy(home, shelf, before);
    this.#homes.delete(organization);
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  /** What a thread's present life knows of rules. */
  #shelfOf(home: EngineThread): Shelf {
    let shelf = this.#shelves.get(home);
    if (shelf === undefined || shelf.life !== home.life) {
      shelf = { life: home.life, uses: new Map() };
      this.#shelves.set(home, shelf);
    }
    return shelf;
  }

  /** Has a thread forget rules that none of its organisations uses any more. */
  #tidy(home: EngineThread, { uses }: Shelf, key: string | undefined): void {
    if (key !== undefined && ![...uses.values()].includes(key)) home.say({ kind: 'forget-rules', key });
  }

  #home(organization: string): EngineThread {
    let home = this.#homes.get(organization);
    if (home === undefined) {
      home = this.#threads.reduce((least, thread) => (thread.homes < least.homes ? thread : least));
      home.homes += 1;
      this.#homes.set(organization, home);
    }
    return home;
  }
}
