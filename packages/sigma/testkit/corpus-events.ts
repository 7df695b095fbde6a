/**
 * Real events of the corpus as plain objects, for tests that compare two ways of judging them. Windows events of the
 * regression cases are flattened as SigmaHQ's rules read them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { readZip } from './read-zip.ts';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
export const CORPUS = resolve(ROOT, process.env.CHAPERONE_CORPUS ?? '../shared/corpus');

/** Whether the corpus is there; where it isn't, says so in a line that is seen, and fails in CI. */
export function corpusIsThere(): boolean {
  if (existsSync(CORPUS)) return true;
  if (process.env.CI === 'true') throw new Error(`no corpus at ${CORPUS}`);
  console.warn(`SKIPPED: no corpus at ${CORPUS}`);
  return false;
}

export interface CorpusEvent {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly raw: string;
  readonly file: string;
}

/** Events of every JSON source, at most `perFile` of each file, spread over it. */
export function* corpusEvents(perFile: number): Generator<CorpusEvent> {
  for (const file of files('lanes', '.gz')) yield* lines(file, gunzipSync(readFileSync(file)), perFile);
  for (const file of files('identity-events', '.jsonl')) yield* lines(file, readFileSync(file), perFile);
  for (const file of files('cloudtrail', '.json')) {
    const { Records = [] } = JSON.parse(readFileSync(file, 'utf8')) as { Records?: Record<string, unknown>[] };
    for (const fields of spread(Records, perFile)) yield { fields, raw: JSON.stringify(fields), file };
  }
  for (const file of files('sigma-regression', '.json')) {
    // several indented documents, one behind the other
    for (const raw of readFileSync(file, 'utf8').split(/\n(?=\{)/)) {
      yield { fields: flattenWindows(JSON.parse(raw)), raw, file };
    }
  }
  for (const file of files('security-datasets', '.zip')) {
    for (const { data } of readZip(readFileSync(file))) yield* lines(file, data, perFile);
  }
}

/** System and data fields of an event in evtx's nested shape, side by side, as rules name them. */
export function flattenWindows(event: unknown): Record<string, unknown> {
  const { System = {}, ...rest } = (event as { Event: Record<string, Record<string, unknown>> }).Event;
  const out: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(System)) {
    const attributes = (value as { '#attributes'?: Record<string, unknown> } | null)?.['#attributes'];
    if (attributes === undefined) out[key] = value;
    else for (const [name, inner] of Object.entries(attributes)) out[`${key}_${name}`] = inner;
  }
  const lift = (value: unknown) => {
    if (value === null || typeof value !== 'object') return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === '#attributes') continue;
      if (inner !== null && typeof inner === 'object' && !Array.isArray(inner)) lift(inner);
      else out[key] = inner;
    }
  };
  for (const part of Object.values(rest)) lift(part);
  return out;
}

function* lines(file: string, bytes: Uint8Array, most: number): Generator<CorpusEvent> {
  const all = Buffer.from(bytes).toString('utf8').split('\n').filter(Boolean);
  for (const raw of spread(all, most)) {
    try {
      const fields: unknown = JSON.parse(raw);
      if (fields !== null && typeof fields === 'object') yield { fields: fields as Record<string, unknown>, raw, file };
    } catch {
      // a file that isn't JSON lines has nothing for this comparison
    }
  }
}

function spread<T>(all: readonly T[], most: number): T[] {
  const step = Math.max(1, all.length / most);
  return Array.from({ length: Math.min(all.length, most) }, (_, i) => all[Math.floor(i * step)]);
}

function files(folder: string, extension: string): string[] {
  const from = join(CORPUS, folder);
  return (readdirSync(from, { recursive: true }) as string[])
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => join(from, name));
}
