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

/**
 * Writes the sample case into a folder: a week of Windows, VPN, firewall, Linux and cloud logs of an invented clinic and its provider, with
 * one night of intrusion (unless `night` is false), and beside the folder the registry that says what was agreed. The same each time.
 */
export async function makeSample(
  folder: string,
  { night = true }: { night?: boolean } = {},
): Promise<{ paths: string[]; registry: string }> {
  const file = sampleCase({ night });
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
  writeFileSync(registry, sampleRegistry());
  return { paths: [folder], registry };
}

/** The sample's logs before they become files. */
export function sampleCase({ night = true }: { night?: boolean } = {}): CaseFile {
  resetConnections();
  resetNumbers();
  const file = new CaseFile();
  ordinaryWeek(file, MONDAY);
  if (night) intrusion(file, MONDAY + 2 * 24 * HOUR + 1 * HOUR);
  return file;
}

/** The sample's registry as text. */
export function sampleRegistry(): string {
  return readFileSync(new URL('./chaperone.yaml', import.meta.url), 'utf8');
}

function place(folder: string, name: string, content: Uint8Array | string): void {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}
