import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeEvtx } from '@chaperone/evtx/testkit';
import { CaseFile } from './case-file.ts';
import { resetConnections } from './firewall-log.ts';
import { intrusion } from './intrusion.ts';
import { ordinaryWeek } from './ordinary-week.ts';
import { resetNumbers } from './windows-events.ts';

/** Monday of the sample's week, midnight UTC, in microseconds. */
const MONDAY = Date.parse('2026-11-02T00:00:00Z') * 1000;
const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

interface SampleOptions {
  /** false: the week alone */
  readonly night?: boolean;
  /** milliseconds since 1970: the case lies in the days before it, and no longer in its week of 2026 */
  readonly until?: number | undefined;
}

/**
 * Writes the sample case into a folder: a week of Windows, VPN, firewall, Linux and cloud logs of an invented clinic and its provider, with
 * one night of intrusion, and beside the folder the registry that says what was agreed. The same each time.
 */
export async function makeSample(
  folder: string,
  options: SampleOptions = {},
): Promise<{ paths: string[]; registry: string }> {
  const file = sampleCase(options);
  for (const [name, events] of file.logs) {
    events.sort((a, b) => Number(a.time) - Number(b.time));
    place(folder, name, writeEvtx(events));
  }
  for (const [name, lines] of file.texts) {
    lines.sort((a, b) => a.time - b.time);
    const text = `${lines.map((line) => line.text).join('\n')}\n`;
    place(folder, name, name.endsWith('.gz') ? gzipSync(text) : text);
  }
  const registry = join(dirname(folder), 'chaperone.yaml');
  writeFileSync(registry, sampleRegistry(options.until));
  return { paths: [folder], registry };
}

/** The sample's logs before they become files. */
export function sampleCase({ night = true, until }: SampleOptions = {}): CaseFile {
  resetConnections();
  resetNumbers();
  const file = new CaseFile();
  const monday = mondayOf(until);
  // Of what the days after it hold nothing is found: the night is what one sees first.
  const after = until === undefined ? Number.POSITIVE_INFINITY : monday + 3 * DAY;
  ordinaryWeek(file, monday, after);
  if (until !== undefined && until * 1000 > monday + WEEK) ordinaryWeek(file, monday + WEEK, after);
  if (night) intrusion(file, monday + 2 * DAY + 1 * HOUR);
  if (until !== undefined) file.end(until * 1000);
  return file;
}

/** The sample's registry as text; what was agreed moves with the case by whole years. */
export function sampleRegistry(until?: number): string {
  const text = readFileSync(new URL('./chaperone.yaml', import.meta.url), 'utf8');
  const years = new Date(mondayOf(until) / 1000).getUTCFullYear() - new Date(MONDAY / 1000).getUTCFullYear();
  return text.replaceAll(/\b(\d{4})(?=-\d\d-\d\d\b)/g, (year) => String(Number(year) + years));
}

/** The Monday of the latest week of which the night and the evening after it, a Wednesday's, are over. Microseconds. */
function mondayOf(until: number | undefined): number {
  if (until === undefined) return MONDAY;
  const weeks = Math.floor((until * 1000 - 3 * DAY - MONDAY) / WEEK);
  return MONDAY + weeks * WEEK;
}

function place(folder: string, name: string, content: Uint8Array | string): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
