/**
 * The hot path: EVTX records to matches without building events.
 *
 * For each pair of a record's layout (its templates) and its class (provider, channel, event id) a *program* is made once
 * (`evtx-program.ts`): the list of values that rules, attribution and indicators read, in the order of the view's slots, each
 * with the leaf where it lies. A record then costs: find its program, and for each step locate the bytes, look them up in the
 * value memory (`byte-memory.ts`), and add the signature that was remembered to the state. Text is decoded only for values
 * never seen before, and for records that matched.
 */
import { type Layout, LONG_TEXT, type RecordCursor } from '@chaperone/evtx';
import type { Bound } from '@chaperone/sigma';
import { type EventClass, type Outcome, type Place, windowsClass } from '../../telemetry/index.ts';
import { type ByteMemory, KEYWORD, SAID, SIGNATURE } from './byte-memory.ts';
import type { ClassBook, ClassPlan } from './class-book.ts';
import { CursorEvent, derivedValue } from './cursor-event.ts';
import { BYTES, MADE, makeProgram, PIECES, type Program, pathOf, type Step } from './evtx-program.ts';
import type { Explained } from './explained.ts';
import type { Judgement } from './judgement.ts';
import type { Entry } from './ledger.ts';
import type { Known } from './narrow.ts';
import { shownToRules } from './values-only.ts';

/** Keys of the value memory that stand for provider, channel and what refines a class; steps count upwards from here. */
const PROVIDER = 0;
const CHANNEL = 1;
const REFINE = 2;
const FIRST_KEY = 3;

/** A field whose values repeat less often than this is judged each time: remembering it would push out what repeats. */
const WORTH = 0.25;
const TRIAL = 4096;
/** Keywords of one record for which there is room at first. */
const WORDS = 256;

/** Explanations found by entries, at most. */
const EXPLAINED = 6_000;

/** Characters by which providers, channels and refining values are told apart; Windows's own names have at most 255. */
const NAME = 256;

const OUTCOMES: readonly Outcome[] = ['unknown', 'success', 'failure'];

/** What a lane keeps at a layout: where the keys of its class lie, and the programs made so far. */
interface LayoutNote {
  readonly owner: EvtxLane;
  readonly eventId: number;
  readonly provider: number;
  readonly channel: number;
  readonly fixedEventId: number | undefined;
  readonly fixedProvider: string | undefined;
  readonly fixedChannel: string | undefined;
  /** whether provider and channel are read from where rules, too, find them */
  readonly full: boolean;
  readonly programs: Map<number, Program>;
  lastId: number;
  lastProvider: number;
  lastChannel: number;
  lastProgram: Program | undefined;
}

export class EvtxLane {
  /** records that took the fast way, for proving that it ran */
  fast = 0;
  private readonly book: ClassBook;
  private readonly memory: ByteMemory;
  private readonly judgement: Judgement;
  private readonly keys = new Map<string, number>();
  private readonly tuple = new Int32Array(48);
  private readonly ranks = new Int32Array(48);
  private readonly pairs = new Map<number, number>();
  private programs = 0;
  /** explanations by program, rule and the entries of the values that the rule reads */
  private readonly explained = new Map<string, Explained>();
  private explainedEpoch = 0;
  /** epoch of the value memory when the record at hand was begun */
  private begunEpoch = 0;
  private hits: Step[] = [];
  /** what `judge` found beside the signature */
  private text = 0;
  private hit = false;
  private word = 0;
  /** signatures of keywords, which are stepped after all slots */
  private words = new Int32Array(WORDS);
  private readonly found = new Int32Array(0x10000);
  /** of the values of a record: length << 8 | type, or -1, and where they begin */
  private metas = new Int32Array(1024);
  private starts = new Int32Array(1024);
  /** entries met last for provider, channel and what refines a class */
  private readonly lastTexts = new Int32Array(FIRST_KEY).fill(-1);
  private readonly keyOf = (name: string): number => {
    let key = this.keys.get(name);
    if (key === undefined) {
      key = FIRST_KEY + this.keys.size;
      this.keys.set(name, key);
    }
    return key;
  };

  constructor(book: ClassBook, memory: ByteMemory, judgement: Judgement) {
    this.book = book;
    this.memory = memory;
    this.judgement = judgement;
  }

  /** Judges one record. `file` is the name under which it is reported. */
  record(cursor: RecordCursor, file: string): void {
    const time = cursor.timeCreated();
    const judgement = this.judgement;
    if (!judgement.admits(time)) return;
    const layout = cursor.layout;
    if (layout === undefined) {
      judgement.event(new CursorEvent(cursor, this.classOf(cursor), time, file));
      return;
    }
    this.fast += 1;
    let program = this.programOf(layout, cursor);
    // The view has begun anew: what was remembered of it is worth nothing any more.
    if (program.plan.view.epoch !== program.epoch) {
      this.memory.clear();
      layout.data = undefined;
      program = this.programOf(layout, cursor);
    }
    const state = this.run(program, cursor);
    const { plan } = program;
    const { ledger } = judgement;
    const outcome = this.outcome(program, cursor);
    let entry = ledger.find(plan.number, outcome, this.tuple, plan.paths.length);
    if (entry === undefined) {
      const { paths, eventClass, number } = plan;
      entry = ledger.make(number, eventClass, outcome, paths, this.tuple, paths.length, placeOf(cursor, file));
    }
    ledger.count(entry, time);
    if (entry.watched) judgement.watch(entry, time, placeOf(cursor, file));
    const { matched, open } = plan.view.outcome(state);
    if (matched.length > 0 || open.length > 0) {
      const event = new CursorEvent(cursor, plan.eventClass, time, file);
      for (let i = 0; i < matched.length; i += 1) this.match(program, matched[i], entry, event);
      for (const bound of open)
        if (plan.view.decide(bound, shownToRules(event))) this.match(program, bound, entry, event);
    }
    if (this.hits.length > 0 || program.fixedHits.length > 0) {
      const event = new CursorEvent(cursor, plan.eventClass, time, file);
      for (const step of [...this.hits, ...program.fixedHits])
        judgement.indicator(pathOf(step), step.field, event.get(step.field), entry, event);
    }
  }

  /** Reports a match; the explanation of the same rule on the same values is found by the values' entries, without their text. */
  private match(program: Program, bound: Bound, entry: Entry, event: CursorEvent): void {
    const { judgement } = this;
    const key = this.valuesKey(program, bound);
    if (key === undefined) {
      judgement.match(bound, entry, event);
      return;
    }
    if (this.explainedEpoch !== this.memory.epoch || this.explained.size > EXPLAINED) {
      this.explained.clear();
      this.explainedEpoch = this.memory.epoch;
    }
    let explained = this.explained.get(key);
    if (explained === undefined) {
      explained = judgement.explain(bound, event);
      this.explained.set(key, explained);
    }
    judgement.match(bound, entry, event, explained);
  }

  /** What the values that a rule reads are, by their entries; undefined where one isn't remembered. */
  private valuesKey(program: Program, bound: Bound): string | undefined {
    // The memory was cleared on the way: the entries noted for this record may stand for other values now.
    if (this.memory.epoch !== this.begunEpoch) return undefined;
    const { reads, now } = program;
    let steps = reads.get(bound);
    if (steps === undefined) {
      if (reads.has(bound)) return undefined;
      steps = this.stepsOf(program, bound);
      reads.set(bound, steps);
      if (steps === undefined) return undefined;
    }
    let key = `${program.number} ${this.judgement.numberOf(bound)}`;
    for (let i = 0; i < steps.length; i += 1) {
      const value = now[steps[i]];
      if (value === -1 || value === -3) return undefined;
      key += ` ${value}`;
    }
    return key;
  }

  private stepsOf(program: Program, bound: Bound): number[] | undefined {
    const fields = this.judgement.fieldsOf(bound);
    if (fields === undefined) return undefined;
    const steps: number[] = [];
    for (const field of fields) {
      const step = program.steps.findIndex((one) => one.field === field && one.slot >= 0);
      // A field without a step is fixed by the program, or absent in all its records.
      if (step < 0) continue;
      if (program.steps[step].how >= PIECES) return undefined;
      steps.push(step);
    }
    return steps;
  }

  private run(program: Program, cursor: RecordCursor): number {
    const { plan, leaf, how, key, absent, text, tuple: tupleAt, rank, remembered, lazy, slot, last, now } = program;
    const { view } = plan;
    const { memory, tuple, ranks, metas, starts } = this;
    const { notes } = memory;
    const data = cursor.view;
    let state = 0;
    let words = 0;
    program.runs += 1;
    this.begunEpoch = memory.epoch;
    for (let i = plan.paths.length - 1; i >= 0; i -= 1) tuple[i] = 0;
    if (this.hits.length > 0) this.hits = [];
    cursor.locateAll(leaf, metas, starts);
    for (let i = 0; i < leaf.length; i += 1) {
      if (lazy[i] === 1 && !view.wants(state, slot[i])) {
        now[i] = -3;
        continue;
      }
      let sign = absent[i];
      let number = text[i];
      const meta = metas[i];
      if (meta >= 0 || how[i] >= PIECES) {
        const entry = meta >= 0 && remembered[i] === 1 ? memory.lookup(key[i], meta, data, starts[i], last[i]) : -1;
        let word: number;
        let hit: boolean;
        if (entry >= 0) {
          last[i] = entry;
          now[i] = entry;
          sign = notes[entry + SIGNATURE];
          number = notes[entry + SAID] >>> 1;
          word = notes[entry + KEYWORD];
          hit = (notes[entry + SAID] & 1) !== 0;
        } else {
          sign = this.judge(program, i, cursor);
          now[i] = -1;
          number = this.text;
          word = this.word;
          hit = this.hit;
        }
        if (word !== 0) words = this.noteWord(word, words);
        if (hit) this.hits.push(program.steps[i]);
      } else now[i] = -2;
      if (sign !== 0) state = view.step(state, sign);
      if (number !== 0) {
        const at = tupleAt[i];
        if (at >= 0 && (tuple[at] === 0 || rank[i] < ranks[at])) {
          tuple[at] = number;
          ranks[at] = rank[i];
        }
      }
    }
    if (view.keywords) words = this.keywords(program, cursor, words);
    for (let i = 0; i < words; i += 1) state = view.step(state, this.words[i]);
    return state;
  }

  /** Keeps a keyword's signature until all slots are done. A record may hold any number of them. */
  private noteWord(word: number, count: number): number {
    if (count === this.words.length) {
      const wider = new Int32Array(count * 2);
      wider.set(this.words);
      this.words = wider;
    }
    this.words[count] = word;
    return count + 1;
  }

  /** Shows the values that nothing else wants to the keywords; most are told by type and length to be no words. */
  private keywords(program: Program, cursor: RecordCursor, count: number): number {
    const { plan, wordLeaf, wordKey, wordLast, fixedWords } = program;
    const { memory } = this;
    let words = count;
    for (let i = 0; i < fixedWords.length; i += 1) words = this.noteWord(fixedWords[i], words);
    const { shortest, words: wordsOnly } = plan.keywords;
    // Short keywords, or such as numbers may hold, have to be looked for in every value.
    const screened = wordsOnly && shortest * 2 >= LONG_TEXT;
    const leaves = screened ? this.found : wordLeaf;
    const found = screened ? cursor.texts(shortest * 2, leaves) : wordLeaf.length;
    for (let i = 0; i < found; i += 1) {
      const at = leaves[i];
      if (wordKey[at] < 0 || !cursor.locate(at)) continue;
      const meta = (cursor.length << 8) | cursor.type;
      const { view, start } = cursor;
      const entry = memory.lookup(wordKey[at], meta, view, start, wordLast[at]);
      let word: number;
      if (entry >= 0) {
        word = memory.notes[entry + KEYWORD];
        wordLast[at] = entry;
      } else {
        word = plan.view.keyword(cursor.value(at));
        memory.insert(wordKey[at], meta, view, start, 0, word, 0, false);
      }
      if (word !== 0) words = this.noteWord(word, words);
    }
    return words;
  }

  /** The slow way of one value: decode it, ask the view and the roles, and remember the answers where that is worth it. */
  private judge(program: Program, index: number, cursor: RecordCursor): number {
    const { plan, steps, remembered } = program;
    const step = steps[index];
    const value = step.how === MADE ? derivedValue(plan.eventClass, step.field, cursor) : cursor.value(step.leaf);
    const { view } = plan;
    const sign = step.slot >= 0 ? view.signature(step.slot, value) : 0;
    this.word = step.keyword && value !== undefined && value !== null ? view.keyword(value) : 0;
    this.text = step.role === undefined ? 0 : this.judgement.say(step.role, value);
    this.hit = step.role?.indicator === true && this.judgement.indicated(step.role.path, value);
    if (step.how === BYTES && remembered[index] === 1) {
      step.misses += 1;
      if (step.misses > TRIAL && step.misses > program.runs * (1 - WORTH)) remembered[index] = 0;
      else {
        const meta = this.metas[index];
        this.memory.insert(step.key, meta, cursor.view, this.starts[index], sign, this.word, this.text, this.hit);
      }
    }
    return sign;
  }

  private outcome(program: Program, cursor: RecordCursor): Outcome {
    const { fixed, leaf, key } = program.outcome;
    if (fixed !== undefined) return fixed;
    const { eventClass } = program.plan;
    if (leaf < 0 || !cursor.locate(leaf)) return eventClass.outcome!(cursor);
    const { view, start } = cursor;
    const meta = (cursor.length << 8) | cursor.type;
    const known = this.memory.lookup(key, meta, view, start, program.lastOutcome);
    if (known >= 0) {
      program.lastOutcome = known;
      return OUTCOMES[this.memory.notes[known + SAID] >>> 1];
    }
    const outcome = eventClass.outcome!(cursor);
    this.memory.insert(key, meta, view, start, 0, 0, OUTCOMES.indexOf(outcome), false);
    return outcome;
  }

  private programOf(layout: Layout, cursor: RecordCursor): Program {
    let note = layout.data as LayoutNote | undefined;
    if (note === undefined || note.owner !== this) {
      note = this.note(layout);
      layout.data = note;
    }
    let id = note.fixedEventId ?? 0;
    if (note.fixedEventId === undefined && note.eventId >= 0 && cursor.locate(note.eventId)) {
      // BinXML type 6 is UInt16, which event ids nearly always are.
      id = cursor.type === 6 ? cursor.view.getUint16(cursor.start, true) : Number(cursor.value(note.eventId)) | 0;
    }
    const provider = note.fixedProvider === undefined ? this.number(PROVIDER, note.provider, cursor) : 0;
    const channel = note.fixedChannel === undefined ? this.number(CHANNEL, note.channel, cursor) : 0;
    let program = note.lastProgram;
    if (program === undefined || note.lastId !== id || note.lastProvider !== provider || note.lastChannel !== channel) {
      program = this.find(layout, note, id, provider, channel);
      note.lastId = id;
      note.lastProvider = provider;
      note.lastChannel = channel;
      note.lastProgram = program;
    }
    return program.refined === undefined ? program : this.refine(program, layout, cursor);
  }

  private find(layout: Layout, note: LayoutNote, id: number, provider: number, channel: number): Program {
    const both = provider * 2_097_152 + channel;
    let pair = this.pairs.get(both);
    if (pair === undefined) {
      pair = this.pairs.size;
      this.pairs.set(both, pair);
    }
    const key = (id & 0xffff) + 65_536 * pair;
    const known = note.programs.get(key);
    if (known !== undefined) return known;
    if (note.programs.size > 512) note.programs.clear();
    const { pool } = this.judgement.ledger;
    const names = {
      Provider_Name: note.fixedProvider ?? pool.text(provider),
      Channel: note.fixedChannel ?? pool.text(channel),
    };
    // Only what rules, too, would read: a record without a channel has none to be known, and a long name was cut.
    const whole = Object.values(names).every((name) => name !== '' && name.length < NAME);
    const fields = note.full && whole && id > 0 && id < 65_536 ? { EventID: id, ...names } : {};
    const plan = this.book.narrowed(windowsClass(names.Provider_Name, names.Channel, id), fields);
    const program = this.make(layout, plan, fields);
    note.programs.set(key, program);
    return program;
  }

  private make(layout: Layout, plan: ClassPlan, known: Known): Program {
    const program = makeProgram(this.programs++, layout, plan, known, this.judgement, this.keyOf);
    const { length } = program.leaf;
    if (length > this.metas.length) {
      this.metas = new Int32Array(length * 2);
      this.starts = new Int32Array(length * 2);
    }
    return program;
  }

  /** The program of the class that one more field of the record decides. */
  private refine(base: Program, layout: Layout, cursor: RecordCursor): Program {
    const number = this.number(REFINE, base.refineLeaf, cursor);
    let program = base.refined!.get(number);
    if (program === undefined) {
      const value = number === 0 ? undefined : this.judgement.ledger.pool.text(number);
      const plan = this.book.narrowed(base.plan.eventClass.refine!.by(value), base.known);
      program = this.make(layout, plan, base.known);
      base.refined!.set(number, program);
    }
    return program;
  }

  /** The number of a short text of the record, by way of the value memory. */
  private number(key: number, leaf: number, cursor: RecordCursor): number {
    if (leaf < 0 || !cursor.locate(leaf)) return 0;
    const { view, start } = cursor;
    const meta = (cursor.length << 8) | cursor.type;
    const { lastTexts } = this;
    const known = this.memory.lookup(key, meta, view, start, lastTexts[key]);
    if (known >= 0) {
      lastTexts[key] = known;
      return this.memory.notes[known + SAID] >>> 1;
    }
    const number = this.judgement.ledger.pool.number(String(cursor.value(leaf)).slice(0, NAME));
    this.memory.insert(key, meta, view, start, 0, 0, number, false);
    return number;
  }

  private note(layout: Layout): LayoutNote {
    const fixed = (leaf: number): unknown =>
      leaf >= 0 && layout.leaves[leaf].kind === 'constant' ? layout.leaves[leaf].constant : undefined;
    const eventId = layout.find('Event.System.EventID');
    const named = layout.find('Provider_Name');
    const provider = named < 0 ? layout.find('Provider_EventSourceName') : named;
    const channel = layout.find('Event.System.Channel');
    const fixedId = fixed(eventId);
    const fixedProvider = fixed(provider);
    const fixedChannel = fixed(channel);
    return {
      owner: this,
      eventId,
      provider,
      channel,
      fixedEventId: fixedId === undefined ? undefined : Number(fixedId) | 0,
      fixedProvider: fixedProvider === undefined ? undefined : String(fixedProvider),
      fixedChannel: fixedChannel === undefined ? undefined : String(fixedChannel),
      full: named >= 0 && channel >= 0 && channel === layout.find('Channel') && eventId === layout.find('EventID'),
      programs: new Map(),
      lastId: -1,
      lastProvider: -1,
      lastChannel: -1,
      lastProgram: undefined,
    };
  }

  /** The class of a record without a template. */
  private classOf(cursor: RecordCursor): EventClass {
    const text = (field: string) => {
      const value = cursor.get(field);
      return value === undefined || value === null ? '' : String(value);
    };
    const provider = text('Provider_Name') || text('Provider_EventSourceName');
    const base = windowsClass(provider, text('Channel'), Number(text('EventID')) | 0);
    return base.refine === undefined ? base : base.refine.by(cursor.get(base.refine.field));
  }
}

function placeOf(cursor: RecordCursor, file: string): Place {
  return { file, record: cursor.recordId, offset: cursor.offset };
}
