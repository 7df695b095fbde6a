// How fast the plan is made and how fast it matches: SigmaHQ's rules over the lanes of the corpus, with the memory of
// values on and off, and how the time per event grows from 300 to 3,000 to 30,000 rules.
//
//   node bench/sigma-plan.ts
//
// Times are CPU seconds of this process after warming up, so that neighbours on the machine matter less; JSON is
// parsed beforehand. The match counts say that two runs did the same work.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  createPlan,
  type EventAccess,
  loadDirectory,
  loadRules,
  type Node,
  type Offer,
  type Rule,
  type Test,
  type View,
} from '../packages/sigma/src/index.ts';
import { corpus, machine, median, table } from './harness.ts';

/** Seconds of warming up, and of measuring; at least so many rounds of each. */
const WARM_SECONDS = 3;
const SECONDS = 3;
const LEAST_ROUNDS = 3;

/** A flat record as an event. */
class Flat implements EventAccess {
  readonly #fields: Record<string, unknown>;

  constructor(fields: Record<string, unknown>) {
    this.#fields = fields;
  }

  get(field: string): unknown {
    return this.#fields[field];
  }

  values(visit: (value: unknown) => void): void {
    for (const name in this.#fields) visit(this.#fields[name]);
  }

  raw(): string | undefined {
    return undefined;
  }
}

interface Lane {
  readonly name: string;
  readonly offers: readonly Offer[];
  readonly lines: readonly string[];
}

function lane(name: string, offers: readonly Offer[]): Lane {
  const text = gunzipSync(readFileSync(join(corpus, 'lanes', `${name}.ndjson.gz`))).toString();
  return { name, offers, lines: text.trim().split('\n') };
}

interface Measured {
  readonly perSecond: number;
  readonly matches: number;
}

/** Events a second. Each round parses the lines anew: strings that have been looked up before would be found faster. */
function measure(view: View, lines: readonly string[]): Measured {
  let matches = 0;
  const rounds = (least: number): number[] => {
    const seconds: number[] = [];
    for (let spent = 0; spent < least || seconds.length < LEAST_ROUNDS; spent += seconds.at(-1)!) {
      const events = lines.map((line) => new Flat(JSON.parse(line)));
      const before = process.cpuUsage();
      matches = 0;
      for (const event of events) matches += view.match(event).length;
      const { user, system } = process.cpuUsage(before);
      seconds.push((user + system) / 1e6);
    }
    return seconds;
  };
  rounds(WARM_SECONDS);
  return { perSecond: lines.length / median(rounds(SECONDS)), matches };
}

/** The rules again with other words: letters of what stands inside a value move on, what it starts or ends with stays. */
function renamed(rule: Rule, by: number): Rule {
  const selections = new Map([...rule.selections].map(([name, node]) => [name, renamedNode(node, by)]));
  return { ...rule, id: `${rule.id}-${by}`, selections };
}

function renamedNode(node: Node, by: number): Node {
  if (node.kind === 'item') return { ...node, test: renamedTest(node.test, by) };
  if (node.kind === 'not') return { ...node, of: renamedNode(node.of, by) };
  return { ...node, of: node.of.map((part) => renamedNode(part, by)) };
}

function renamedTest(test: Test, by: number): Test {
  if (test.kind !== 'pattern' || test.parts[0]?.kind !== 'any' || test.parts.at(-1)?.kind !== 'any') return test;
  const parts = test.parts.map((part) => (part.kind === 'text' ? { ...part, text: moved(part.text, by) } : part));
  return { ...test, parts };
}

function moved(text: string, by: number): string {
  const move = (unit: string) => String.fromCharCode(97 + ((unit.toLowerCase().charCodeAt(0) - 97 + by) % 26));
  return text.replaceAll(/[A-Za-z]/g, move);
}

function milliseconds(work: () => void): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

const hash = createHash('sha256');
const { sources } = await loadDirectory(join(corpus, 'sigma-rules'));
for (const { text } of sources) hash.update(text);
const structured = lane('structured_windows', [{ product: 'windows', category: 'process_creation' }]);
const lanes = [
  structured,
  lane('sysmon_file_event', [{ product: 'windows', category: 'file_event' }]),
  lane('raw_windows', [{ product: 'windows' }]),
  lane('cisco_syslog', [{ product: 'cisco', service: 'aaa' }]),
];
for (const { lines } of lanes) hash.update(lines.join('\n'));

let rules: readonly Rule[] = [];
const load = milliseconds(() => {
  rules = loadRules(sources).rules;
});
let plan = createPlan([]);
const make = milliseconds(() => {
  plan = createPlan(rules);
});
const first = milliseconds(() => {
  plan.view(structured.offers).match(new Flat(JSON.parse(structured.lines[0])));
});

console.log(`${machine()}\n- corpus ${hash.digest('hex').slice(0, 12)}\n`);
console.log(
  table(
    ['rules', 'load', 'plan', 'first view and event', 'together'],
    [[rules.length, ...[load, make, first, load + make + first].map((time) => `${Math.round(time)} ms`)]],
  ),
);

const rows = lanes.map(({ name, offers, lines }) => {
  const on = measure(plan.view(offers), lines);
  const off = measure(createPlan(rules, { memory: false }).view(offers), lines);
  if (on.matches !== off.matches) throw new Error(`${name}: ${on.matches} matches with memory, ${off.matches} without`);
  return [name, lines.length, Math.round(on.perSecond), Math.round(off.perSecond), on.matches];
});
console.log(`\n${table(['lane', 'events', 'events/s', 'events/s without memory', 'matches'], rows)}`);

const base = rules.slice(0, 3000);
const sizes = new Map<number, readonly Rule[]>([
  [300, base.filter((_, index) => index % 10 === 0)],
  [3000, base],
  [30_000, Array.from({ length: 10 }, (_, by) => (by === 0 ? base : base.map((rule) => renamed(rule, by)))).flat()],
]);
let lastOn = 0;
let lastOff = 0;
const growth = [...sizes].map(([size, set]) => {
  let grown = createPlan([]);
  const made = milliseconds(() => {
    grown = createPlan(set);
  });
  const on = 1e6 / measure(grown.view(structured.offers), structured.lines).perSecond;
  const off = 1e6 / measure(createPlan(set, { memory: false }).view(structured.offers), structured.lines).perSecond;
  const row = [
    size,
    `${Math.round(made)} ms`,
    `${on.toFixed(2)} µs`,
    lastOn === 0 ? '' : (on / lastOn).toFixed(2),
    `${off.toFixed(2)} µs`,
    lastOff === 0 ? '' : (off / lastOff).toFixed(2),
    grown.view(structured.offers).rules.length,
  ];
  lastOn = on;
  lastOff = off;
  return row;
});
console.log(
  `\n${table(['rules', 'plan', 'per event', 'ratio', 'without memory', 'ratio', 'rules that apply'], growth)}`,
);
