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

/** Runs all tasks in this thread: one lane, no copies between threads. */
export async function runHere(
  setup: LaneSetup,
  tasks: AsyncIterable<Task>,
  hooks: RunHooks,
  correlator: Correlator,
): Promise<LaneResult[]> {
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
  for await (const task of tasks) {
    if (hooks.signal?.aborted === true) break;
    hooks.done(await lane.run(task));
  }
  return [lane.finish()];
}

/** Runs tasks in several threads, each taking the next as soon as it is free. */
export async function runWorkers(
  setups: readonly LaneSetup[],
  registryFile: string | undefined,
  tasks: AsyncIterable<Task>,
  hooks: RunHooks,
): Promise<LaneResult[]> {
  const queue = tasks[Symbol.asyncIterator]();
  const running = setups.map((setup) => runWorker({ ...setup, registry: undefined, registryFile }, queue, hooks));
  return Promise.all(running);
}

function runWorker(setup: WorkerSetup, queue: AsyncIterator<Task>, hooks: RunHooks): Promise<LaneResult> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: setup });
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
