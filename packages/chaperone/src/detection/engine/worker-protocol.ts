import type { CorrelationInput } from './judgement.ts';
import type { LaneResult, LaneSetup, Task, TaskResult } from './lane.ts';

/** A lane's setup as it travels to another thread. A registry holds functions, which don't travel: its file's name does. */
export type WorkerSetup = Omit<LaneSetup, 'registry'> & {
  readonly registry: undefined;
  readonly registryFile: string | undefined;
};

export type ToWorker =
  | { readonly kind: 'task'; readonly task: Task }
  | { readonly kind: 'abort' }
  | { readonly kind: 'finish' };

export type FromWorker =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'progress';
      readonly bytes: number;
      readonly records: number;
      readonly findings: number;
      readonly file: string;
    }
  | { readonly kind: 'correlate'; readonly inputs: readonly CorrelationInput[] }
  | { readonly kind: 'done'; readonly result: TaskResult }
  | { readonly kind: 'result'; readonly result: LaneResult }
  | { readonly kind: 'failed'; readonly error: string };
