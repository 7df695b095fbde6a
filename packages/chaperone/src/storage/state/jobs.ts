import { randomUUID } from 'node:crypto';
import { PgBoss } from 'pg-boss';
import { translate } from './translate.ts';

/**
 * Does one job. Thrown errors are logged and the job is tried again later; `signal` tells that it took too long or the service stops. A job
 * may run again after it was half done: it must be one that can be repeated.
 */
export type JobHandler<T> = (data: T, signal: AbortSignal) => Promise<void>;

export interface EnqueueOptions {
  /** of jobs of one key one waits and one runs: a further one joins the one that waits */
  readonly singletonKey?: string;
  /** not before; a number is seconds from now */
  readonly startAfter?: Date | number;
}

export interface HandleOptions {
  /** jobs at a time: 1 where left out */
  readonly atOnce?: number;
  /** seconds between two looks for a job of another node: 5 where left out. What this node asks for is begun at once */
  readonly looking?: number;
}

/**
 * Long and periodic work, kept in the state store and taken by any node; each job by one. What one node had begun when it died is taken by
 * another within about two minutes. Data are small JSON: ids and names, never secrets or the content of logs.
 */
export interface Jobs {
  /** Does the jobs of a name on this node, at most `atOnce` (1) at a time. Before it, `enqueue` of that name fails. */
  handle<T extends object>(name: string, work: JobHandler<T>, options?: HandleOptions): Promise<void>;
  /** @throws StoreUnavailable */
  enqueue(name: string, data: object, options?: EnqueueOptions): Promise<void>;
  /** Does something again and again, once over all nodes: by cron (UTC, minutes) or every so many seconds, from now on. */
  schedule(name: string, when: string | number, work: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Waits for what runs, up to `patience` seconds (20); what is broken off is tried again. */
  stop(patience?: number): Promise<void>;
}

const SCHEMA = 'jobs';
const CONNECTIONS = 3;
/** Seconds between two looks. Each costs the database a question, though nothing is to be done. */
const LOOKING = 5;
/** Seconds between two looks for work that is done by the clock, at most. */
const SELDOM = 30;
/** Seconds after which a job's node counts as dead when it shows no life. */
const HEARTBEAT = 60;
/** Seconds that one job may take. */
const LONGEST = 6 * 3600;
const TRIES_AGAIN = { retryLimit: 8, retryDelay: 5, retryBackoff: true, retryDelayMax: 900 };
/** Milliseconds that a connection stays open unused: longer than between two looks, for to open one costs more than any of them. */
const KEPT_OPEN = { idleTimeoutMillis: 60_000 };
/** What was done is forgotten after a day (seconds). */
const KEPT = 86_400;

/**
 * @param store a state store, which must stay open
 * @throws StoreUnavailable
 */
export async function openJobs(
  store: { readonly url: string },
  { log = () => {} }: { log?: (line: string, error: unknown) => void } = {},
): Promise<Jobs> {
  const boss = new PgBoss({
    connectionString: store.url,
    schema: SCHEMA,
    max: CONNECTIONS,
    ...KEPT_OPEN,
    // Jobs that wait for others aren't used here.
    flowIntervalSeconds: 600,
    application_name: 'chaperone jobs',
    registerInstance: false,
    openTelemetry: { enabled: false },
  });
  // Mostly that the database can't be reached: it tries again by itself.
  boss.on('error', (error) => log(`jobs: ${error.message}`, lost(error)));
  try {
    await boss.start();
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {});
    throw translate(error);
  }
  return new PostgresJobs(boss, log);
}

/** pg-boss tells of a lost connection in words of its own, without the code. */
function lost(error: Error): unknown {
  const plain = error.message.replace(/ \(Queue: .*\)$/, '');
  const code = /\b(ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND)\b/.exec(plain)?.[1];
  return translate(
    Object.assign(new Error(plain, { cause: error }), { code: (error as { code?: string }).code ?? code }),
  );
}

class PostgresJobs implements Jobs {
  readonly #boss: PgBoss;
  readonly #log: (line: string, error: unknown) => void;
  readonly #timers: NodeJS.Timeout[] = [];
  /** name of a job → the id by which pg-boss knows who does it here */
  readonly #workers = new Map<string, string>();

  constructor(boss: PgBoss, log: (line: string, error: unknown) => void) {
    this.#boss = boss;
    this.#log = log;
  }

  async handle<T extends object>(
    name: string,
    work: JobHandler<T>,
    { atOnce = 1, looking = LOOKING }: HandleOptions = {},
  ): Promise<void> {
    await this.#boss.createQueue(name, {
      policy: 'short',
      expireInSeconds: LONGEST,
      heartbeatSeconds: HEARTBEAT,
      deleteAfterSeconds: KEPT,
      ...TRIES_AGAIN,
    });
    const options = { localConcurrency: atOnce, groupConcurrency: 1, pollingIntervalSeconds: looking };
    const worker = await this.#boss.work<T>(name, options, async ([job]) => {
      try {
        await work(job.data, job.signal);
      } catch (error) {
        this.#log(`job ${name}: ${error instanceof Error ? error.message : String(error)}`, error);
        throw error;
      }
    });
    this.#workers.set(name, worker);
  }

  async enqueue(name: string, data: object, { singletonKey, startAfter }: EnqueueOptions = {}): Promise<void> {
    // A queue of this kind lets one wait per key, so what has no key gets one of its own; the group lets one run.
    const key =
      singletonKey === undefined ? { singletonKey: randomUUID() } : { singletonKey, group: { id: singletonKey } };
    try {
      await this.#boss.send(name, data, { ...key, startAfter });
      if (startAfter === undefined) this.#begin(name);
    } catch (error) {
      throw translate(error);
    }
  }

  async schedule(name: string, when: string | number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const looking = typeof when === 'string' ? SELDOM : Math.min(Math.max(when / 2, 1), SELDOM);
    await this.handle(name, (_, signal) => work(signal), { looking });
    const one = { singletonKey: name, group: { id: name } };
    if (typeof when === 'string') {
      await this.#boss.schedule(name, when, {}, { ...one, tz: 'UTC', missed: 'once' });
      return;
    }
    // Every node asks for it, and the first of each period is heard.
    const ask = () =>
      this.#boss
        .send(name, {}, { ...one, singletonSeconds: when, retryLimit: 0 })
        .then((id) => {
          if (id !== null) this.#begin(name);
        })
        .catch((error: Error) => this.#log(`job ${name}: ${error.message}`, translate(error)));
    this.#timers.push(setInterval(ask, when * 1000).unref());
    await ask();
  }

  /** Has this node look for a job now. */
  #begin(name: string): void {
    const worker = this.#workers.get(name);
    if (worker !== undefined) this.#boss.notifyWorker(worker);
  }

  async stop(patience = 20): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#boss.stop({ graceful: true, timeout: patience * 1000 });
  }
}
