/** Where the substitution values of one template instance lie. Reused from record to record. */
export class SlotTable {
  count = 0;
  /** buffer offset of each value */
  starts = new Int32Array(64);
  /** value type << 16 | length in bytes */
  metas = new Int32Array(64);

  /** Notes one more value. */
  add(type: number, start: number, length: number): void {
    if (this.count === this.starts.length) {
      const { starts, metas } = this;
      this.reserve(this.count + 1);
      this.starts.set(starts);
      this.metas.set(metas);
    }
    this.starts[this.count] = start;
    this.metas[this.count++] = (type << 16) | length;
  }

  /** Makes room for `count` values. A record has at most 16,384 of them: each takes four bytes of 64 KiB. */
  reserve(count: number): void {
    if (count <= this.starts.length) return;
    let size = this.starts.length;
    while (size < count) size *= 2;
    this.starts = new Int32Array(size);
    this.metas = new Int32Array(size);
  }
}
