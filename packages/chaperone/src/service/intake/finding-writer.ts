import { type LiveFinding, MOST_EVENTS, type StoredBy, storeFindings } from '../../detection/index.ts';
import { promptly, type StateStore } from '../../storage/index.ts';

interface Waiting {
  readonly findings: readonly LiveFinding[];
  readonly by: StoredBy;
  resolve(): void;
  reject(error: unknown): void;
}

/** Findings of one transaction, at most. */
const MOST = 5_000;
/** Milliseconds; shippers themselves wait for a minute or so. */
const PATIENCE = 20_000;

/**
 * Writes what batches found, one transaction of an organisation at a time. While one is on its way the next batches gather, and what several of
 * them say of the same finding is joined: busy accounts would otherwise make every batch wait for the one before.
 */
export class FindingWriter {
  readonly #state: StateStore;
  readonly #queues = new Map<string, { waiting: Waiting[]; running: boolean }>();

  readonly #patience: number;

  constructor(state: StateStore, patience = PATIENCE) {
    this.#state = state;
    this.#patience = patience;
  }

  /**
   * Resolves when all are stored; errors are those of `storeFindings`, and nothing is stored then. Where the store says nothing in time,
   * StoreUnavailable: what was begun by then may still be stored.
   */
  async write(organization: string, findings: readonly LiveFinding[], by: StoredBy): Promise<void> {
    if (findings.length === 0) return;
    let queue = this.#queues.get(organization);
    if (queue === undefined) {
      queue = { waiting: [], running: false };
      this.#queues.set(organization, queue);
    }
    const { waiting, running } = queue;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const own = { findings, by, resolve, reject };
    waiting.push(own);
    if (!running) void this.#run(organization, queue);
    try {
      await promptly('state', this.#patience, promise);
    } finally {
      const at = waiting.indexOf(own);
      if (at >= 0) waiting.splice(at, 1);
    }
  }

  async #run(organization: string, queue: { waiting: Waiting[]; running: boolean }): Promise<void> {
    queue.running = true;
    while (queue.waiting.length > 0) {
      const group = takeGroup(queue.waiting);
      try {
        await storeFindings(this.#state, organization, joined(group), group[0].by);
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    queue.running = false;
    this.#queues.delete(organization);
  }
}

/** The first ones that are stored in the same way. */
function takeGroup(waiting: Waiting[]): Waiting[] {
  const { by } = waiting[0];
  let [count, size] = [0, 0];
  while (count < waiting.length) {
    const next = waiting[count];
    const alike =
      next.by.again === by.again &&
      next.by.registryVersion === by.registryVersion &&
      next.by.retrospective === by.retrospective;
    if (!alike || (count > 0 && size + next.findings.length > MOST)) break;
    size += next.findings.length;
    count += 1;
  }
  return waiting.splice(0, count);
}

/** Each finding once, with what all of the group say of it. */
function joined(group: readonly Waiting[]): readonly LiveFinding[] {
  if (group.length === 1) return group[0].findings;
  const all = new Map<string, LiveFinding>();
  for (const { findings } of group)
    for (const finding of findings) {
      const known = all.get(finding.id);
      all.set(finding.id, known === undefined ? finding : join(known, finding));
    }
  return [...all.values()];
}

function join(one: LiveFinding, other: LiveFinding): LiveFinding {
  const told = one.document === undefined ? other : one;
  // A delivery that is repeated while the first is on its way: an event counts once.
  const named = new Set(one.events.map(({ id }) => id));
  const more = other.events.filter(({ id }) => !named.has(id));
  const repeated = other.events.length - more.length;
  return {
    ...told,
    first: Math.min(one.first, other.first),
    last: Math.max(one.last, other.last),
    count: one.count + other.count - repeated,
    events: [...one.events, ...more].slice(0, MOST_EVENTS),
    late: one.late || other.late,
    exception: told.exception,
  };
}
