/** Where the substitution values of one template instance lie. Reused from record to record. */
export class SlotTable {
  count = 0;
  /** buffer offset of each value */
  starts = new Int32Array(64);
  /** value type << 16 | length in bytes */
  metas = new Int32Array(64);

  /** Makes room for `count` values. A record has at most 16,384 of them: each takes four bytes of 64 KiB. */
  reserve(count: number): void {
    if (count <= this.starts.length) return;
    let size = this.starts.length;
    while (size < count) size *= 2;
    this.starts = new Int32Array(size);
    this.metas = new Int32Array(size);
  }
}
