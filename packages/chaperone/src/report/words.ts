import type { Level } from '@chaperone/sigma';

/** Sigma's five levels, most serious first. */
export const levels: readonly Level[] = ['critical', 'high', 'medium', 'low', 'informational'];

/** 4 for critical, 0 for informational. */
export function rank(level: Level): number {
  return 4 - levels.indexOf(level);
}

/** `1 finding`, `1,204 findings`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** A whole number with separators, the same on every machine. */
export function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** Bytes in a unit that reads well: `1.9 GB`. Powers of 1,000, as disks are sold. */
export function size(bytes: number): string {
  if (bytes < 1000) return counted(bytes, 'byte');
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : String(Math.round(value))} ${units[unit]}`;
}

/** Seconds in words that fit a line: `0.8 s`, `42 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
