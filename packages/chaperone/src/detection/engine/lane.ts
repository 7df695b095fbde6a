import { type EvtxHandlers, type Issue, readFile as readEvtx, readStream as streamEvtx } from '@chaperone/evtx';
import { type Correlator, createCorrelator, createPlan, type Plan, type RuleSet } from '@chaperone/sigma';
import { type ActivityTransfer, type Registry, toTransfer } from '../../registry/index.ts';
import {
  type CsvMapping,
  csvFormat,
  type Format,
  type NormalPath,
  openSource,
  readText,
  type SourceInfo,
  sniffSource,
  type Unread,
} from '../../telemetry/index.ts';
import { createAttributor } from '../attribution/index.ts';
import type { Finding } from '../finding.ts';
import { createIndicatorMatcher, type PackedIndicators } from '../indicators/index.ts';
import { createJudge, type Judge, type JudgeTransfer } from '../terms/index.ts';
import { ByteMemory } from './byte-memory.ts';
import { ClassBook } from './class-book.ts';
import { EvtxLane } from './evtx-lane.ts';
import { type CorrelationInput, Judgement, type Sighting } from './judgement.ts';
import { PartWriter } from './part-writer.ts';
import { Problems } from './problems.ts';
import { Recorder } from './recorder.ts';
import { ruleRow } from './rule-table.ts';
import { type Cell, Tally } from './tally.ts';
import { Teller } from './teller.ts';

/** Everything a lane is made from; plain data, so that it can go to another thread. */
export interface LaneSetup {
  readonly number: number;
  readonly rules: RuleSet;
  readonly registry: Registry | undefined;
  readonly indicators: PackedIndicators;
  readonly organization: string | null;
  /** the file into which this lane writes its findings */
  readonly part: string;
  readonly since: number | undefined;
  readonly until: number | undefined;
  readonly zone: string | undefined;
  readonly carve: boolean;
  /** how CSV files that the user has described are to be read */
  readonly mappings: readonly CsvMapping[];
}

/** One piece of work: a source, or some chunks of a large EVTX file. */
export interface Task {
  readonly source: SourceInfo;
  readonly fromChunk?: number;
  readonly toChunk?: number;
}

/** What became of a task. */
export interface TaskResult {
  readonly path: string;
  readonly bytes: number;
  readonly read: boolean;
}

/** What a lane found, as plain data. Activities and cells speak of entries by their number in `activities`. */
export interface LaneResult {
  readonly lane: number;
  readonly activities: readonly ActivityTransfer[];
  readonly cells: readonly (readonly [key: number, cell: Cell])[];
  readonly hours: Readonly<Record<string, readonly (readonly [hour: number, count: number])[]>>;
  readonly kept: readonly (readonly Finding[] | undefined)[];
  readonly sightings: readonly Sighting[];
  readonly judged: JudgeTransfer | undefined;
  readonly records: number;
  readonly untimed: number;
  readonly outside: number;
  readonly unread: number;
  readonly fileProblems: readonly Unread[];
  readonly recordProblems: readonly Unread[];
  readonly crowded: readonly { readonly file: string; readonly count: number }[];
  readonly overflow: number;
  readonly lines: number;
}

export interface LaneHooks {
  /** a match that feeds correlations */
  correlate(input: CorrelationInput): void;
  /** bytes read, records and findings since the last call */
  progress(bytes: number, records: number, findings: number, file: string): void;
  readonly signal?: AbortSignal;
}

/** One thread's engine: reads sources and judges their events. */
export class Lane {
  private readonly setup: LaneSetup;
  private readonly hooks: LaneHooks;
  private readonly judgement: Judgement;
  private readonly evtx: EvtxLane;
  private readonly judge: Judge | undefined;
  private readonly part: PartWriter;
  private readonly problems = new Problems();
  private readonly tally = new Tally();
  private readonly own: readonly Format[];
  private reported = { records: 0, findings: 0 };

  /** `correlator` is only asked what it needs; matches go to the hook. */
  constructor(setup: LaneSetup, hooks: LaneHooks, correlator: Correlator = createCorrelator(setup.rules)) {
    this.setup = setup;
    this.hooks = hooks;
    this.own = setup.mappings.map(csvFormat);
    // Off only for measuring what the memory of values is worth (bench/stream).
    const plan: Plan = createPlan(setup.rules.rules, { memory: process.env.CHAPERONE_VALUE_MEMORY !== 'off' });
    const indicators = createIndicatorMatcher(setup.indicators);
    const book = new ClassBook(plan, new Set<NormalPath>(indicators.paths));
    this.part = new PartWriter(setup.part);
    const judge = setup.registry === undefined ? undefined : createJudge(setup.registry);
    this.judge = judge;
    const rows = new Map(
      setup.rules.rules.map((rule, index) => [rule, ruleRow(rule, index, correlator.standsAlone(rule))]),
    );
    const recorder = new Recorder(this.part, setup.organization, new Teller(setup.registry, setup.zone));
    this.judgement = new Judgement({
      book,
      rows,
      matched: (row, entry, explained, event) => {
        const time = event.time ?? Number.NaN;
        recorder.write(row, entry, explained, time, event.place);
        if (this.tally.add(row.number, entry.number, row.rule.level, time))
          this.tally.keep(row.number, recorder.finding(row, entry, explained, event));
      },
      attributor: createAttributor(setup.registry),
      indicators,
      needs: (rule) => correlator.needs(rule),
      correlate: hooks.correlate,
      wants: (facts, attribution) => judge?.wants(facts, attribution) ?? false,
      watch: (entry, time, place) => judge?.observe(entry, time, place),
      since: setup.since,
      until: setup.until,
    });
    this.evtx = new EvtxLane(book, new ByteMemory(), this.judgement);
  }

  /** Reads one source to its end. What can't be read is counted, never thrown. */
  async run(task: Task): Promise<TaskResult> {
    const source = openSource(task.source);
    const path = source.path;
    const sniffed = await sniffSource(source, this.own);
    if (!('kind' in sniffed) || sniffed.kind === 'unread') {
      this.problems.add(sniffed as Unread);
      return { path, bytes: 0, read: false };
    }
    const before = this.problems.files.length;
    let bytes = 0;
    const advance = (count: number) => {
      bytes += count;
      const { records } = this.judgement;
      const findings = this.part.lines;
      this.hooks.progress(count, records - this.reported.records, findings - this.reported.findings, path);
      this.reported = { records, findings };
    };
    if (sniffed.kind === 'evtx') {
      // The file's head, of 4 KiB, counts with the first chunk.
      let reached = (task.fromChunk ?? 0) === 0 ? 0 : 4096 + task.fromChunk! * 65_536;
      const handlers: EvtxHandlers = {
        onRecord: (cursor) => this.evtx.record(cursor, path),
        onIssue: (issue) => this.problems.add(unreadOf(issue)),
        onProgress: (position) => {
          advance(position - reached);
          reached = position;
        },
      };
      const { fromChunk, toChunk } = task;
      const options = { name: path, carve: this.setup.carve, fromChunk, toChunk, signal: this.hooks.signal };
      if (source.file !== undefined) await readEvtx(source.file, handlers, options);
      else
        await streamEvtx(
          source.bytes((problem) => this.problems.add(problem)),
          handlers,
          options,
        );
    } else {
      await readText(
        source,
        sniffed,
        {
          onEvent: (event) => {
            if (this.judgement.admits(event.time ?? Number.NaN)) this.judgement.event(event);
          },
          onUnread: (problem) => this.problems.add(problem),
          onBytes: advance,
        },
        { zone: this.setup.zone, signal: this.hooks.signal, own: this.own },
      );
    }
    advance(0);
    return { path, bytes, read: this.problems.files.length === before };
  }

  /** Ends the lane: closes its file and gives what it found. */
  finish(): LaneResult {
    this.part.close();
    const { judgement, problems, tally } = this;
    const { ledger } = judgement;
    return {
      lane: this.setup.number,
      activities: toTransfer(ledger.entries),
      cells: [...tally.cells],
      hours: Object.fromEntries(Object.entries(tally.hours).map(([level, hours]) => [level, [...hours]])),
      kept: tally.kept,
      sightings: [...judgement.sightings.values()],
      judged: this.judge?.toTransfer(),
      records: judgement.records,
      untimed: judgement.untimed,
      outside: judgement.outside,
      unread: problems.unread,
      fileProblems: problems.files,
      recordProblems: problems.records,
      crowded: problems.crowded(),
      overflow: ledger.overflow,
      lines: this.part.lines,
    };
  }
}

/** An issue of the EVTX reader in the words of telemetry. */
function unreadOf(issue: Issue): Unread {
  return {
    kind: 'unread',
    code: `evtx_${issue.code.replaceAll('-', '_')}`,
    message: issue.message,
    mend: issue.mend,
    file: issue.file,
    ...(issue.record === undefined ? {} : { record: issue.record }),
    ...(issue.offset === undefined ? {} : { offset: issue.offset }),
    records: issue.records,
    ...(issue.stop === true ? { stop: true } : {}),
  };
}
