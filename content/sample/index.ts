import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeEvtx } from '@chaperone/evtx/testkit';
import { CaseFile } from './case-file.ts';
import { intrusion } from './intrusion.ts';
import { ordinaryWeek } from './ordinary-week.ts';

/** Monday of the sample's week, midnight UTC, in microseconds. */
const MONDAY = Date.parse('2026-11-02T00:00:00Z') * 1000;
const HOUR = 3_600_000_000;

/**
 * Writes the sample case into a folder: a week of Windows, VPN and firewall logs of an invented clinic and its provider, with
 * one night of intrusion, and the registry that says what was agreed. The same each time.
 */
export async function makeSample(folder: string): Promise<{ paths: string[]; registry: string }> {
  const file = new CaseFile();
  ordinaryWeek(file, MONDAY);
  intrusion(file, MONDAY + 2 * 24 * HOUR + 1 * HOUR);
  for (const [name, events] of file.logs) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    events.sort((a, b) => Number(a.time) - Number(b.time));
    writeFileSync(path, writeEvtx(events));
  }
  file.firewall.sort((a, b) => a.time - b.time);
  const text = `${file.firewall.map((line) => line.text).join('\n')}\n`;
  mkdirSync(join(folder, 'fw01'), { recursive: true });
  writeFileSync(join(folder, 'fw01', 'asa.log.gz'), gzipSync(text));
  const registry = join(dirname(folder), 'chaperone.yaml');
  writeFileSync(registry, readFileSync(new URL('./chaperone.yaml', import.meta.url)));
  return { paths: [folder], registry };
}
