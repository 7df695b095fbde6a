import { Worker } from 'node:worker_threads';
import type { Correlator } from '@chaperone/sigma';
import type { CorrelationInput } from './judgement.ts';
import { Lane, type LaneHooks, type LaneResult, type LaneSetup, type Task, type TaskResult } from './lane.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './worker-protocol.ts';

/** An input of a correlation, with the lane in which its entry is counted. */
export type SentInput = CorrelationInput & { readonly lane: number };

export interface RunHooks {
  correlate(input: SentInput): void;
  progress: LaneHooks['progress'];
  done(result: TaskResult): void;
  readonly signal?: AbortSignal;
}

/** A small nursery: most of what an event leaves behind dies at once, and a large one only makes the process larger. */
const LIMITS = { maxYoungGenerationSizeMb: 12 };

/**
 * Runs all tasks, in as many lanes as there are setups, each taking the next task as soon as it is free. The first lane runs in
 * this thread, which has the rules in memory anyway; each further one is a thread with rules of its own.
 */
export async function runLanes(
  setups: readonly LaneSetup[],
  registryFile: string | undefined,
  tasks: AsyncIterable<Task>,
  hooks: RunHooks,
  correlator: Correlator,
): Promise<LaneResult[]> {
  const queue = tasks[Symbol.asyncIterator]();
  const threads = setups
    .slice(1)
    .map((setup) => runWorker({ ...setup, registry: undefined, registryFile }, queue, hooks));
  const [here, ...others] = await Promise.all([runHere(setups[0], queue, hooks, correlator), ...threads]);
  return [here, ...others];
}

async function runHere(
  setup: LaneSetup,
  queue: AsyncIterator<Task>,
  hooks: RunHooks,
  correlator: Correlator,
): Promise<LaneResult> {
  const { number } = setup;
  const lane = new Lane(
    setup,
    {
      correlate: (input) => hooks.correlate({ ...input, lane: number }),
      progress: hooks.progress,
      signal: hooks.signal,
    },
    correlator,
  );
  for (;;) {
    const task = hooks.signal?.aborted === true ? undefined : await queue.next();
    if (task === undefined || task.done === true) return lane.finish();
    hooks.done(await lane.run(task.value));
  }
}

function runWorker(setup: WorkerSetup, queue: AsyncIterator<Task>, hooks: RunHooks): Promise<LaneResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: setup, resourceLimits: LIMITS });
    const send = (message: ToWorker) => worker.postMessage(message);
    const stop = () => send({ kind: 'abort' });
    hooks.signal?.addEventListener('abort', stop, { once: true });
    const settle = (act: () => void) => {
      hooks.signal?.removeEventListener('abort', stop);
      act();
    };
    const next = async () => {
      const task = hooks.signal?.aborted === true ? undefined : await queue.next();
      if (task === undefined || task.done === true) send({ kind: 'finish' });
      else send({ kind: 'task', task: task.value });
    };
    worker.on('message', (message: FromWorker) => {
      switch (message.kind) {
        case 'progress':
          hooks.progress(message.bytes, message.records, message.findings, message.file);
          break;
        case 'correlate':
          for (const input of message.inputs) hooks.correlate({ ...input, lane: setup.number });
          break;
        case 'done':
          hooks.done(message.result);
          next().catch((error) => settle(() => reject(error)));
          break;
        case 'ready':
          next().catch((error) => settle(() => reject(error)));
          break;
        case 'result':
          settle(() => resolve(message.result));
          break;
        case 'failed':
          settle(() => reject(new Error(`A worker of the scan failed: ${message.error}`)));
          worker.terminate();
          break;
      }
    });
    worker.on('error', (error) => settle(() => reject(error)));
    worker.on('exit', (code) => {
      if (code !== 0) settle(() => reject(new Error(`A worker of the scan ended with code ${code}.`)));
    });
  });
}
