import type { CutRecords, RecordBatch } from '../intake.ts';

/** Bytes of a cut record that show which one it was. */
const SHOWN = 200;

/** Gathers records as they come and lays them end to end. Grows as needed; `take` gives what there is and begins anew. */
export class Batcher {
  #bytes: Buffer;
  #used = 0;
  #ends: number[] = [];
  #cut: CutRecords | undefined;

  /** @param expected bytes of all records, where that is known */
  constructor(expected = 64 * 1024) {
    this.#bytes = Buffer.allocUnsafeSlow(Math.max(expected, 1));
  }

  get records(): number {
    return this.#ends.length;
  }

  get size(): number {
    return this.#used;
  }

  /** @param cut its end was left out, because it is longer than what is kept of one */
  add(record: Uint8Array, cut = false): void {
    if (cut)
      this.#cut = {
        records: (this.#cut?.records ?? 0) + 1,
        kept: record.length,
        line: Buffer.from(record.subarray(0, SHOWN)).toString('utf8'),
      };
    const end = this.#used + record.length;
    if (end > this.#bytes.length) {
      const wider = Buffer.allocUnsafeSlow(Math.max(end, this.#bytes.length * 2));
      this.#bytes.copy(wider, 0, 0, this.#used);
      this.#bytes = wider;
    }
    this.#bytes.set(record, this.#used);
    this.#used = end;
    this.#ends.push(end);
  }

  /** What there is, without a copy where it is as much as was expected; nothing can be added afterwards. */
  last(): RecordBatch {
    if (this.#used < this.#bytes.length) return this.take();
    const { buffer } = this.#bytes;
    const cut = this.#cut === undefined ? {} : { cut: this.#cut };
    return { bytes: new Uint8Array(buffer, 0, this.#used), ends: Uint32Array.from(this.#ends), ...cut };
  }

  take(): RecordBatch {
    const batch = {
      bytes: new Uint8Array(this.#bytes.subarray(0, this.#used)),
      ends: Uint32Array.from(this.#ends),
      ...(this.#cut === undefined ? {} : { cut: this.#cut }),
    };
    this.#cut = undefined;
    this.#used = 0;
    this.#ends = [];
    if (this.#bytes.length > 8 << 20) this.#bytes = Buffer.allocUnsafeSlow(64 * 1024);
    return batch;
  }
}
