import type { Level } from '@chaperone/sigma';
import type { Finding } from '../finding.ts';

const HOUR = 3_600_000_000;

/** How often one thing was found for one activity, and when. */
export interface Cell {
  count: number;
  first: number;
  last: number;
}

/** Findings of one rule kept whole for the report. */
const KEPT = 16;

/**
 * Counts of findings: by rule and activity, by hour and level; and a few whole findings of each rule. Everything that the
 * report groups by is computed from these, so memory doesn't grow with the number of findings.
 */
export class Tally {
  /** key: rule number * 2^21 + activity number */
  readonly cells = new Map<number, Cell>();
  /** per level: hour since 1970 → count */
  readonly hours: Record<Level, Map<number, number>> = {
    informational: new Map(),
    low: new Map(),
    medium: new Map(),
    high: new Map(),
    critical: new Map(),
  };
  readonly kept: Finding[][] = [];
  total = 0;

  /** Counts one; returns whether the caller should also keep the whole finding. `time` is NaN where unknown. */
  add(rule: number, activity: number, level: Level, time: number): boolean {
    this.total += 1;
    const key = rule * 2_097_152 + activity;
    const cell = this.cells.get(key);
    if (cell === undefined) this.cells.set(key, { count: 1, first: time, last: time });
    else {
      cell.count += 1;
      // Written so that NaN, the unknown time, gives way to any known one.
      if (!(cell.first <= time)) cell.first = !Number.isNaN(time) ? time : cell.first;
      if (!(cell.last >= time)) cell.last = !Number.isNaN(time) ? time : cell.last;
    }
    if (!Number.isNaN(time)) {
      const hour = Math.floor(time / HOUR);
      const counts = this.hours[level];
      counts.set(hour, (counts.get(hour) ?? 0) + 1);
    }
    const kept = this.kept[rule];
    return kept === undefined || kept.length < KEPT;
  }

  keep(rule: number, finding: Finding): void {
    const kept = this.kept[rule];
    if (kept === undefined) this.kept[rule] = [finding];
    else kept.push(finding);
  }
}
