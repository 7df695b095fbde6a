import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBuffer, readFile } from '@chaperone/evtx';
import { createPlan, type EventAccess, evaluate, type Offer, type PlanOptions, type Rule } from '@chaperone/sigma';
import { createAttributor } from '../../../src/detection/attribution/index.ts';
import { ByteMemory } from '../../../src/detection/engine/byte-memory.ts';
import { ClassBook } from '../../../src/detection/engine/class-book.ts';
import { CursorEvent } from '../../../src/detection/engine/cursor-event.ts';
import { EvtxLane } from '../../../src/detection/engine/evtx-lane.ts';
import { Explainer } from '../../../src/detection/engine/explained.ts';
import { Judgement } from '../../../src/detection/engine/judgement.ts';
import { PartWriter } from '../../../src/detection/engine/part-writer.ts';
import { Recorder } from '../../../src/detection/engine/recorder.ts';
import { ruleRow } from '../../../src/detection/engine/rule-table.ts';
import { Teller } from '../../../src/detection/engine/teller.ts';
import type { Finding } from '../../../src/detection/index.ts';
import { createIndicatorMatcher } from '../../../src/detection/indicators/index.ts';
import { type EventClass, windowsClass } from '../../../src/telemetry/index.ts';

/** A log: a path, or bytes under a name. */
export type Log = string | { readonly name: string; readonly bytes: Uint8Array };

/** Rule ids (with their number, since ids repeat) that fired, by `file#record@offset`, sorted. */
export type Fired = Map<string, string[]>;

/** By `file#record@offset rule`: the evidence given, as JSON; several where several offers bind the rule. */
export type Evidence = Map<string, Set<string>>;

export interface FastRun {
  readonly fired: Fired;
  readonly evidence: Evidence;
  readonly records: number;
  /** records that took the fast way */
  readonly fast: number;
  readonly epochs: number;
  readonly judgement: Judgement;
}

/** The real engine of one thread over EVTX logs, with the plan's bounds open to the test. */
export async function fastRun(
  logs: readonly Log[],
  rules: readonly Rule[],
  options: PlanOptions = {},
): Promise<FastRun> {
  const file = join(mkdtempSync(join(tmpdir(), 'chaperone-engine-')), 'part.jsonl');
  const part = new PartWriter(file);
  const book = new ClassBook(createPlan(rules, options), new Set());
  const memory = new ByteMemory();
  const recorder = new Recorder(part, null, new Teller(undefined, undefined));
  const judgement = new Judgement({
    book,
    rows: new Map(rules.map((rule, index) => [rule, ruleRow(rule, index, true)])),
    matched: (row, entry, explained, event) =>
      recorder.write(row, entry, explained, event.time ?? Number.NaN, event.place),
    attributor: createAttributor(undefined),
    indicators: createIndicatorMatcher([]),
    needs: () => undefined,
    correlate: () => {},
    wants: () => false,
    watch: () => {},
    since: undefined,
    until: undefined,
  });
  const lane = new EvtxLane(book, memory, judgement);
  await eachRecord(logs, (cursor, name) => lane.record(cursor, name));
  part.close();
  const fired: Fired = new Map();
  const evidence: Evidence = new Map();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '') continue;
    const { rule, source, evidence: given } = JSON.parse(line) as Pick<Finding, 'rule' | 'source' | 'evidence'>;
    add(fired, keyOf(source), `${rule.id} ${rule.title}`);
    note(evidence, `${keyOf(source)} ${rule.id} ${rule.title}`, JSON.stringify(given));
  }
  return {
    fired: sorted(fired),
    evidence,
    records: judgement.records,
    fast: lane.fast,
    epochs: memory.epoch,
    judgement,
  };
}

/** The same by the plain evaluator, rule by rule and event by event; where asked, with evidence that nobody remembered. */
export async function plainRun(logs: readonly Log[], rules: readonly Rule[], evidence?: Evidence): Promise<Fired> {
  const rows = new Map(rules.map((rule, index) => [rule, ruleRow(rule, index, true)]));
  const fired: Fired = new Map();
  const bound = new Map<EventClass, [Rule, Offer][]>();
  await eachRecord(logs, (cursor, name) => {
    const eventClass = classOf((field) => cursor.get(field));
    const event = new CursorEvent(cursor, eventClass, cursor.timeCreated(), name);
    const seen = new Map<string, unknown>();
    const access: EventAccess = {
      get(field) {
        if (!seen.has(field)) seen.set(field, event.get(field));
        return seen.get(field);
      },
      values: (visit) => event.values(visit),
    };
    let rulesOf = bound.get(eventClass);
    if (rulesOf === undefined) {
      rulesOf = rules.flatMap((rule) =>
        eventClass.offers.filter((offer) => applies(rule, offer)).map((offer) => [rule, offer] as [Rule, Offer]),
      );
      bound.set(eventClass, rulesOf);
    }
    for (const [rule, offer] of rulesOf) {
      if (!evaluate(rule, access, offer.fields)) continue;
      add(fired, keyOf(event.place), `${rule.id} ${rule.title}`);
      if (evidence === undefined) continue;
      const { evidence: given } = new Explainer().of(rows.get(rule)!, { rule, offer }, event);
      note(evidence, `${keyOf(event.place)} ${rule.id} ${rule.title}`, JSON.stringify(given));
    }
  });
  return sorted(fired);
}

function classOf(get: (field: string) => unknown): EventClass {
  const text = (field: string) => String(get(field) ?? '');
  const provider = text('Provider_Name') === '' ? text('Provider_EventSourceName') : text('Provider_Name');
  const base = windowsClass(provider, text('Channel'), Number(get('EventID')) | 0);
  return base.refine === undefined ? base : base.refine.by(get(base.refine.field));
}

/** Whether everything that a rule's log source states is offered, without regard to case: written anew, not the plan's own. */
function applies({ logsource }: Rule, offer: Offer): boolean {
  return (['product', 'category', 'service'] as const).every(
    (key) => logsource[key] === undefined || logsource[key].toLowerCase() === offer[key]?.toLowerCase(),
  );
}

type Cursor = Parameters<Parameters<typeof readBuffer>[1]['onRecord']>[0];
type Place = { readonly file: string; readonly record: number; readonly offset?: number };

async function eachRecord(logs: readonly Log[], visit: (cursor: Cursor, name: string) => void): Promise<void> {
  for (const log of logs) {
    if (typeof log === 'string') await readFile(log, { onRecord: (cursor) => visit(cursor, log) });
    else readBuffer(log.bytes, { onRecord: (cursor) => visit(cursor, log.name) });
  }
}

const keyOf = ({ file, record, offset }: Place) => `${file}#${record}@${offset}`;

function note(evidence: Evidence, key: string, given: string): void {
  const known = evidence.get(key);
  if (known === undefined) evidence.set(key, new Set([given]));
  else known.add(given);
}

// A rule that several offers bind is one finding or several; which rules fire is what counts here.
function add(fired: Fired, key: string, rule: string): void {
  const known = fired.get(key);
  if (known === undefined) fired.set(key, [rule]);
  else if (!known.includes(rule)) known.push(rule);
}

function sorted(fired: Fired): Fired {
  for (const rules of fired.values()) rules.sort();
  return fired;
}
