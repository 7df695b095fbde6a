import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFile } from '@chaperone/evtx';
import { CORE_SCHEMA, loadAll } from 'js-yaml';
import { expect, it } from 'vitest';
import { type EventClass, windowsClass } from '../../src/telemetry/index.ts';
import { windowsOfferings } from '../../src/telemetry/windows/categories.ts';
import { CHANNEL_SERVICES } from '../../src/telemetry/windows/channels.ts';
import { corpus, describeCorpus } from './corpus.ts';
import { readPaths } from './read.ts';

const files = (folder: string, ends: string): string[] =>
  readdirSync(join(corpus, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ends))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

describeCorpus('the corpus', () => {
  it('reads every zip of security-datasets, nothing unread', async () => {
    const zips = files('security-datasets', '.zip');
    expect(zips).toHaveLength(61);
    const counts = new Map<string, number>();
    let untimed = 0;
    const { discover, sniffSource, readText } = await import('../../src/telemetry/index.ts');
    for await (const source of discover(zips)) {
      if ('kind' in source) throw new Error(`${source.file}: ${source.message}`);
      const sniffed = await sniffSource(source);
      if (sniffed.kind !== 'text') throw new Error(`${source.path} is ${JSON.stringify(sniffed)}`);
      await readText(source, sniffed, {
        onEvent: (event) => {
          counts.set(event.class.format, (counts.get(event.class.format) ?? 0) + 1);
          if (event.time === undefined) untimed += 1;
        },
        onUnread: (problem) => {
          throw new Error(`${problem.file}:${problem.record}: ${problem.message}`);
        },
      });
    }
    expect(counts.get('windows')).toBe(326_452);
    expect(untimed).toBe(0);
  });

  it('gives the JSON of a regression case the class of its EVTX', async () => {
    let compared = 0;
    for (const evtx of files('sigma-regression', '.evtx')) {
      const binary: string[] = [];
      await readFile(evtx, {
        onRecord: (record) => {
          const text = (field: string) => String(record.get(field) ?? '');
          const kind = windowsClass(text('Provider_Name'), text('Channel'), text('EventID'));
          binary.push((kind.refine === undefined ? kind : kind.refine.by(record.get(kind.refine.field))).key);
        },
        onIssue: () => {},
      });
      const { events, unread } = await readPaths(evtx.replace(/\.evtx$/, '.json'));
      expect(unread).toEqual([]);
      expect(events.map((event) => event.class.key)).toEqual(binary);
      compared += events.length;
    }
    expect(compared).toBeGreaterThanOrEqual(101);
  });

  it("has something to offer to every Windows log source of SigmaHQ's", () => {
    const services = new Set(CHANNEL_SERVICES.flatMap(([, ...names]) => names));
    const categories = new Set(windowsOfferings().map((offering) => offering.category));
    const missing = new Set<string>();
    let rules = 0;
    for (const file of files('sigma-rules', '.yml')) {
      for (const document of loadAll(readFileSync(file, 'utf8'), { schema: CORE_SCHEMA }) as Rule[]) {
        const { product, category, service } = document.logsource ?? {};
        if (product !== 'windows') continue;
        rules += 1;
        if (category !== undefined && !categories.has(category)) missing.add(`category ${category}`);
        if (service !== undefined && !services.has(service)) missing.add(`service ${service}`);
      }
    }
    expect(rules).toBeGreaterThan(2500);
    expect([...missing]).toEqual([]);
    for (const [channel, service] of CHANNEL_SERVICES) {
      expect(offers(windowsClass('', channel, 9999), service)).toBe(true);
      expect(offers(windowsClass('', channel.toUpperCase().replaceAll('/', '%4'), 9999), service)).toBe(true);
    }
  });
});

interface Rule {
  readonly logsource?: { readonly product?: string; readonly category?: string; readonly service?: string };
}

function offers(kind: EventClass, service: string): boolean {
  return kind.offers.some((offer) => offer.product === 'windows' && offer.service === service);
}
