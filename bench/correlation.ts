// `node bench/correlation.ts`: what an event costs the correlator, by type and by length of the window; the lane of the
// corpus; and what a million groups weigh. One thread.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { createCorrelator, loadRules } from '@chaperone/sigma';
import { corpus, machine, median, table } from './harness.ts';

const RULES = `
title: Failure
name: failure
logsource: {category: authentication}
detection: {s: {EventType: authentication_failure}, condition: s}
---
title: Success
name: success
logsource: {category: authentication}
detection: {s: {EventType: authentication_success}, condition: s}
`;
const SECOND = 1_000_000;
const EVENTS = 200_000;
const USERS = 500;
const GROUPS = 1_000_000;

const TYPES: Readonly<Record<string, string>> = {
  'event_count, at least 50': '{type: event_count, rules: [failure], condition: {gte: 50}',
  'event_count, below 50': '{type: event_count, rules: [failure], condition: {lt: 50}',
  'value_count, more than 100': '{type: value_count, rules: [failure], condition: {field: SourceIP, gt: 100}',
  value_sum: '{type: value_sum, rules: [failure], condition: {field: BytesOut, gt: 1000000}',
  value_avg: '{type: value_avg, rules: [failure], condition: {field: BytesOut, gt: 3000}',
  'value_percentile 95':
    '{type: value_percentile, rules: [failure], condition: {field: BytesOut, percentile: 95, gt: 3900}',
  temporal: '{type: temporal, rules: [failure, success]',
  temporal_ordered: '{type: temporal_ordered, rules: [failure, success]',
  'failure and not success': '{type: temporal, rules: [failure, success], condition: failure and not success',
};

function setFor(type: string, timespan: string) {
  const document = `---\ntitle: Bench\ncorrelation: ${TYPES[type]}, group-by: [User], timespan: ${timespan}}\n`;
  const set = loadRules([{ file: 'bench.yml', text: RULES + document }]);
  if (set.refused.length > 0) throw new Error(set.refused[0].message);
  return set;
}

/** Nanoseconds an event: `EVENTS` of them, a second apart, so a window of 30 days holds all of them and one of a minute 60. */
function cost(type: string, timespan: string): number {
  const set = setFor(type, timespan);
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    const correlator = createCorrelator(set);
    const width = set.rules.map((rule) => correlator.needs(rule) ?? []);
    const value = (field: string, i: number): unknown =>
      field === 'User'
        ? `user-${(i * 7919) % USERS}`
        : field === 'SourceIP'
          ? `198.51.100.${(i * 31) % 256}`
          : (i * 37) % 4096;
    const before = process.cpuUsage();
    for (let i = 0; i < EVENTS; i++) {
      const rule = i % 10 === 9 ? 1 : 0;
      correlator.add({ rule, time: i * SECOND, values: width[rule].map((field) => value(field, i)), ref: i });
    }
    correlator.finish();
    const { user, system } = process.cpuUsage(before);
    times.push(((user + system) * 1e3) / EVENTS);
  }
  return Math.round(median(times));
}

/** Holds a million groups of one event each and prints how many there are and what one weighs. */
function weigh(type: string): void {
  const collect = (globalThis as unknown as { gc(): void }).gc;
  const memory = () => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const set = setFor(type, '30d');
  const before = memory();
  const correlator = createCorrelator(set, { bufferInputs: 100_000 });
  const fields = correlator.needs(set.rules[0]) ?? [];
  for (let i = 0; i < GROUPS; i++) {
    const values = fields.map((field) => (field === 'User' ? `user-${i}` : i % 4096));
    correlator.add({ rule: 0, time: i * 1000, values, ref: i });
  }
  correlator.advance(GROUPS * 1000);
  const bytes = Math.round((memory() - before) / GROUPS);
  console.log(`${correlator.stats().groups} ${bytes}`);
}

if (process.argv[2] === '--weigh') {
  weigh(process.argv[3]);
  process.exit();
}

console.log(
  `${machine()}\n- ${EVENTS.toLocaleString('en')} events, one a second, ${USERS} groups; nanoseconds of processor time an event, collecting and sorting included\n`,
);
// so that the first row isn't the one that pays for compiling
for (const type of Object.keys(TYPES)) cost(type, '1h');
const spans = ['1m', '1h', '30d'];
console.log(
  table(
    ['type', ...spans],
    Object.keys(TYPES).map((type) => [type, ...spans.map((span) => cost(type, span))]),
  ),
);

// The lane says no times: one event a second.
const lane = gunzipSync(readFileSync(join(corpus, 'lanes/correlation.ndjson.gz')))
  .toString()
  .split('\n')
  .filter(Boolean);
const events = lane.map((line) => JSON.parse(line) as Record<string, unknown>);
const all = loadRules([
  {
    file: 'bench.yml',
    text:
      RULES +
      Object.values(TYPES)
        .map(
          (type, i) =>
            `---\ntitle: Bench ${i}\ncorrelation: ${type}, group-by: [User], timespan: 1h, generate: true}\n`,
        )
        .join(''),
  },
]);
let matches = 0;
const rounds = 20;
const begun = performance.now();
for (let round = 0; round < rounds; round++) {
  matches = 0;
  const correlator = createCorrelator(all, { onMatch: () => matches++ });
  const needs = all.rules.map((rule) => correlator.needs(rule) ?? []);
  for (const [i, event] of events.entries()) {
    const rule =
      event.EventType === 'authentication_failure' ? 0 : event.EventType === 'authentication_success' ? 1 : -1;
    if (rule >= 0) correlator.add({ rule, time: i * SECOND, values: needs[rule].map((field) => event[field]), ref: i });
  }
  correlator.finish();
}
const seconds = (performance.now() - begun) / 1000;
console.log(
  `\nlanes/correlation: ${events.length} events, ${all.correlations.length} correlations, ${matches} matches, ${Math.round((events.length * rounds) / seconds).toLocaleString('en')} events/s (rules already matched)`,
);

// Each type in a process of its own: what one leaves behind must not be counted for the next.
const weights = Object.keys(TYPES).map((type) => {
  const args = ['--expose-gc', fileURLToPath(import.meta.url), '--weigh', type];
  const [groups, bytes] = execFileSync(process.execPath, args, { encoding: 'utf8' }).trim().split(' ').map(Number);
  return [type, groups.toLocaleString('en'), bytes];
});
console.log(`\n${table(['one event a group, window of 30 days', 'groups', 'bytes a group, names included'], weights)}`);
