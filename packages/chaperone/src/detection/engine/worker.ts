// A scan's worker thread: one lane. Tasks come in, what was found goes out.
import { parentPort, workerData } from 'node:worker_threads';
import { loadRegistryFile } from '../../registry/index.ts';
import type { CorrelationInput } from './judgement.ts';
import { Lane, type LaneSetup } from './lane.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './worker-protocol.ts';

const port = parentPort!;
const { registryFile, ...rest } = workerData as WorkerSetup;
const send = (message: FromWorker) => port.postMessage(message);

/** Inputs of correlations go to the main thread in batches of this many. */
const BATCH = 2048;
let batch: CorrelationInput[] = [];
const flush = () => {
  if (batch.length > 0) send({ kind: 'correlate', inputs: batch });
  batch = [];
};
const abort = new AbortController();
let progress = { bytes: 0, records: 0, findings: 0 };
let told = 0;

const setup: LaneSetup = {
  ...rest,
  registry: registryFile === undefined ? undefined : loadRegistryFile(registryFile).registry,
};
const lane = new Lane(setup, {
  correlate(input) {
    batch.push(input);
    if (batch.length >= BATCH) flush();
  },
  progress(bytes, records, findings, file) {
    progress.bytes += bytes;
    progress.records += records;
    progress.findings += findings;
    const now = performance.now();
    if (now - told < 100) return;
    told = now;
    send({ kind: 'progress', ...progress, file });
    progress = { bytes: 0, records: 0, findings: 0 };
  },
  signal: abort.signal,
});
send({ kind: 'ready' });

port.on('message', async (message: ToWorker) => {
  try {
    if (message.kind === 'task') {
      const result = await lane.run(message.task);
      send({ kind: 'done', result });
    } else if (message.kind === 'abort') abort.abort();
    else {
      flush();
      send({ kind: 'progress', ...progress, file: '' });
      send({ kind: 'result', result: lane.finish() });
      port.close();
    }
  } catch (error) {
    send({ kind: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});
