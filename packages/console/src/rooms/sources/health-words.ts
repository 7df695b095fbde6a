import type { Source } from '../../api/model.ts';
import { ago } from '../../parts/clock.ts';

export interface HealthWords {
  readonly words: string;
  readonly tone: 'good' | 'medium' | 'high' | 'quiet';
}

/** How a source is, in words that say what to think of it. */
export function healthWords({ state, health }: Pick<Source, 'state' | 'health'>): HealthWords {
  if (state === 'paused') return { words: 'paused', tone: 'quiet' };
  if (health === null || health.state === 'waiting') return { words: 'waiting for the first event', tone: 'quiet' };
  const last = health.last_received_at === null ? undefined : ago(health.last_received_at);
  const when = last === undefined ? '' : `, heard ${last}`;
  if (health.state === 'healthy') return { words: `sends as expected${when}`, tone: 'good' };
  if (health.state === 'silent') return { words: 'has gone silent', tone: 'high' };
  if (health.state === 'reduced') return { words: `sends far less than usual${when}`, tone: 'medium' };
  const offset = health.clock_offset ?? 0;
  const words =
    offset < 0
      ? `its clock is ${sizeOf(-offset / 1e6)} ahead`
      : `comes ${sizeOf(offset / 1e6)} late, or its clock is behind`;
  return { words, tone: 'medium' };
}

/** `1.2 s`, `3 min`, `2 h`, `17 days` from microseconds. */
export function lagWords(offset: number | null): string {
  if (offset === null) return 'unknown';
  const seconds = Math.abs(offset) / 1e6;
  const size = sizeOf(seconds);
  return offset < 0 ? `${size} ahead` : size;
}

function sizeOf(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
