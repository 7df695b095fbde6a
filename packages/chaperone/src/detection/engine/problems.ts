import type { Unread } from '../../telemetry/index.ts';

/** Problems of one file that are kept one by one; the rest is counted under the last of them. */
const KEPT_PER_FILE = 20;
const KEPT = 5_000;

/** What could not be read: each with its reason, never more than a report can hold, counted in full. */
export class Problems {
  readonly files: Unread[] = [];
  readonly records: Unread[] = [];
  /** records that were there and could not be read */
  unread = 0;
  private readonly perFile = new Map<string, number>();

  add(problem: Unread): void {
    this.unread += problem.records ?? (problem.stop === true ? 0 : 1);
    if (problem.stop === true) {
      this.files.push(problem);
      return;
    }
    const count = (this.perFile.get(problem.file) ?? 0) + 1;
    this.perFile.set(problem.file, count);
    if (count <= KEPT_PER_FILE && this.records.length < KEPT) this.records.push(problem);
  }

  /** For files with more problems than are kept: how many there were. */
  crowded(): { file: string; count: number }[] {
    return [...this.perFile].filter(([, count]) => count > KEPT_PER_FILE).map(([file, count]) => ({ file, count }));
  }
}
