import { existsSync, readFileSync } from 'node:fs';
import { createIndicatorMatcher, loadIndicators } from '../src/detection/indicators/index.ts';

const root = new URL('../../../', import.meta.url);
const corpus = new URL(`${process.env.CHAPERONE_CORPUS ?? '../shared/corpus'}/indicators/cloud-hopper-v3.csv`, root);

/** Indicator feeds: any bytes give indicators or problems; a matcher made of them answers any value. */
export default {
  name: 'indicators',
  seeds: () => [
    new Uint8Array(readFileSync(new URL('content/indicators/cloud-hopper.csv', root))),
    ...(existsSync(corpus) ? [new Uint8Array(readFileSync(corpus))] : []),
    Buffer.from(
      'value;type;valid_until\nhxxp://evil[.]example/a;url;2027-01-01\n198.51.100.0/24;cidr;\n[digits].plg;filename;\n',
    ),
    Buffer.from(
      JSON.stringify({
        type: 'bundle',
        objects: [
          {
            type: 'indicator',
            id: 'indicator--1',
            pattern_type: 'stix',
            valid_from: '2024-01-01T00:00:00Z',
            pattern:
              "[domain-name:value = 'evil.example'] OR [file:hashes.MD5 = '001b8f696b6576798517168cd0a0fb44' OR ipv4-addr:value IN ('192.0.2.1','192.0.2.0/28')]",
          },
        ],
      }),
    ),
  ],
  run(data: Uint8Array): void {
    const text = Buffer.from(data).toString('utf8');
    const { indicators } = loadIndicators(text, 'fuzz.csv');
    const matcher = createIndicatorMatcher(indicators);
    for (const path of matcher.paths) matcher.match(path, text.slice(0, 10_000));
    for (const { written } of indicators.slice(0, 50)) for (const path of matcher.paths) matcher.match(path, written);
  },
};
