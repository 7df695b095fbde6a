import { setTimeout as sleep } from 'node:timers/promises';
import { Busy, type Delivery, type Intake, type RecordBatch } from '../telemetry/index.ts';

/** What one hand-over may hold. */
const MAX_BYTES = 1 << 20;
const MAX_RECORDS = 2_000;

export interface Delivered {
  readonly records: number;
  readonly bytes: number;
  /** of the records, those that could not be decoded and were stored as they are */
  readonly misread: number;
}

/** Lays records end to end. */
export function packRecords(records: readonly Uint8Array[]): RecordBatch {
  const ends = new Uint32Array(records.length);
  let size = 0;
  records.forEach((record, index) => {
    size += record.length;
    ends[index] = size;
  });
  const bytes = new Uint8Array(size);
  records.forEach((record, index) => {
    bytes.set(record, index === 0 ? 0 : ends[index - 1]);
  });
  return { bytes, ends };
}

/**
 * Hands records to the intake in portions and resolves when all are stored. Where the intake is busy it waits: who pulls has time.
 *
 * @throws StoreUnavailable; the reason of the signal
 */
export async function deliver(
  intake: Intake,
  about: Omit<Delivery, 'records' | 'received' | 'delivery'>,
  records: readonly Uint8Array[],
  signal?: AbortSignal,
): Promise<Delivered> {
  let [from, bytes, misread] = [0, 0, 0];
  while (from < records.length) {
    let to = from;
    let size = 0;
    while (to < records.length && to - from < MAX_RECORDS && (to === from || size + records[to]!.length <= MAX_BYTES)) {
      size += records[to]!.length;
      to += 1;
    }
    const { origin } = about;
    const delivery: Delivery = {
      ...about,
      records: packRecords(records.slice(from, to)),
      received: Date.now() * 1_000,
      delivery: 'acknowledged',
      ...(origin === undefined ? {} : { origin: { name: origin.name, record: origin.record + from } }),
    };
    misread += (await patiently(intake, delivery, signal)).misread.length;
    bytes += size;
    from = to;
  }
  return { records: records.length, bytes, misread };
}

async function patiently(intake: Intake, delivery: Delivery, signal: AbortSignal | undefined) {
  for (;;) {
    signal?.throwIfAborted();
    if (intake.room <= 0) await intake.whenRoom();
    try {
      return await intake.accept(delivery);
    } catch (error) {
      if (!(error instanceof Busy)) throw error;
      await sleep(error.retryAfter * 1_000, undefined, { signal });
    }
  }
}
