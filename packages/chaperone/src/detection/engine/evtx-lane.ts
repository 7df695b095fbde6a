/**
 * The hot path: EVTX records to matches without building events.
 *
 * For each pair of a record's layout (its templates) and its class (provider, channel, event id) a *program* is made once:
 * the list of values that rules, attribution and indicators read, in the order of the view's slots, each with the leaf where
 * it lies. A record then costs: find its program, and for each step locate the bytes, look them up in the value memory
 * (`byte-memory.ts`), and add the signature that was remembered to the state. Text is decoded only for values never seen
 * before, and for records that matched.
 */
import type { Layout, RecordCursor } from '@chaperone/evtx';
import { type EventClass, type Place, windowsClass } from '../../telemetry/index.ts';
import type { ByteMemory } from './byte-memory.ts';
import type { ClassBook, ClassPlan, PlannedRole } from './class-book.ts';
import { CursorEvent, derivedValue } from './cursor-event.ts';
import type { Judgement } from './judgement.ts';
import type { Known } from './narrow.ts';

/** Keys of the value memory that stand for provider, channel and what refines a class; steps count upwards from here. */
const PROVIDER = 0;
const CHANNEL = 1;
const REFINE = 2;
const FIRST_KEY = 3;

/** A field whose values repeat less often than this is judged each time: remembering it would push out what repeats. */
const WORTH = 0.25;
const TRIAL = 4096;

const NO_SLOT = -1;

/** One value to look at: for a slot of the view, for the keywords, for a role, or for several of them. */
interface Step {
  readonly leaf: number;
  readonly field: string;
  readonly slot: number;
  /** whether the value is also shown to the keywords */
  readonly keyword: boolean;
  /** signature among the keywords of a value that the template fixes */
  readonly fixedKeyword: number;
  /** nothing but the keywords wants it */
  readonly only: boolean;
  /** the role it fills; its tuple position is `tuple` (-1: none) */
  readonly role: PlannedRole | undefined;
  readonly tuple: number;
  /** its place among the roles that compete for the same path */
  readonly rank: number;
  readonly key: number;
  /** 0: by the record's bytes; 1: fixed by the template or not there at all; 2: composed of several pieces; 3: made from other fields */
  readonly how: 0 | 1 | 2 | 3;
  /** signature where the value is absent, or (how 1) always */
  readonly absent: number;
  readonly fixedText: number;
  readonly fixedHit: boolean;
  lookups: number;
  hits: number;
  remembered: boolean;
}

interface Program {
  readonly plan: ClassPlan;
  readonly steps: readonly Step[];
  readonly epoch: number;
  /** fields that all its records have alike */
  readonly known: Known;
  /** where one more field decides the class: its leaf, and the programs by its value's number */
  readonly refineLeaf: number;
  readonly refined: Map<number, Program> | undefined;
}

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
  private readonly book: ClassBook;
  private readonly memory: ByteMemory;
  private readonly judgement: Judgement;
  private readonly keys = new Map<string, number>();
  private readonly tuple = new Int32Array(48);
  private readonly ranks = new Int32Array(48);
  private readonly pairs = new Map<number, number>();
  private hitSteps: Step[] = [];
  /** what `judge` found beside the signature */
  private text = 0;
  private hit = false;
  private word = 0;
  /** signatures of keywords, which are stepped after all slots */
  private readonly words = new Int32Array(256);

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
    let program = this.program(layout, cursor);
    if (program.refined !== undefined) program = this.refine(program, layout, cursor);
    let state = this.run(program, cursor);
    // The plan's memory was cleared on the way: what was gathered so far belongs to the old one.
    for (let again = 0; program.plan.view.epoch !== program.epoch && again < 3; again += 1) {
      this.memory.clear();
      this.forget(layout);
      program = this.program(layout, cursor);
      if (program.refined !== undefined) program = this.refine(program, layout, cursor);
      state = this.run(program, cursor);
    }
    const { plan } = program;
    const eventClass = plan.eventClass;
    const outcome = eventClass.outcome === undefined ? 'unknown' : eventClass.outcome(cursor);
    const entry = judgement.ledger.entry(
      plan.number,
      eventClass,
      outcome,
      plan.paths,
      this.tuple,
      plan.paths.length,
      () => placeOf(cursor, file),
    );
    judgement.ledger.count(entry, time);
    if (entry.watched) judgement.watch(entry, time, placeOf(cursor, file));
    const found = plan.view.outcome(state);
    if (found.matched.length > 0 || found.open.length > 0) {
      const event = new CursorEvent(cursor, eventClass, time, file);
      for (const bound of found.matched) judgement.match(bound, entry, event);
      for (const bound of found.open) if (plan.view.decide(bound, cursor)) judgement.match(bound, entry, event);
    }
    if (this.hitSteps.length > 0) {
      const event = new CursorEvent(cursor, eventClass, time, file);
      for (const step of this.hitSteps)
        judgement.indicator(step.role!.path, step.field, cursor.get(step.field), entry, event);
    }
  }

  private run(program: Program, cursor: RecordCursor): number {
    const { steps, plan } = program;
    const { view } = plan;
    const { memory, tuple } = this;
    const { signature, text, keyword } = memory;
    const { shortest, words: wordsOnly } = plan.keywords;
    let state = 0;
    let words = 0;
    for (let i = plan.paths.length - 1; i >= 0; i -= 1) tuple[i] = 0;
    if (this.hitSteps.length > 0) this.hitSteps = [];
    for (let i = 0; i < steps.length; i += 1) {
      const step = steps[i];
      let sign = step.absent;
      let number = step.fixedText;
      let hit = step.fixedHit;
      let word = step.fixedKeyword;
      if (step.how === 0) {
        if (cursor.locate(step.leaf)) {
          // A value that only the keywords would see, and that is no word: most of them.
          if (step.only && (cursor.type === 1 ? cursor.length < shortest * 2 : wordsOnly && isNumeric(cursor.type)))
            continue;
          let entry = -1;
          if (step.remembered) {
            entry = memory.lookup(step.key, cursor.type, cursor.view, cursor.start, cursor.length);
            step.lookups += 1;
          }
          if (entry >= 0) {
            step.hits += 1;
            sign = signature[entry];
            number = text[entry];
            word = keyword[entry];
            hit = memory.hit[entry] !== 0;
          } else {
            sign = this.judge(step, plan, cursor);
            number = this.text;
            word = this.word;
            hit = this.hit;
          }
        }
      } else if (step.how >= 2) {
        sign = this.judge(step, plan, cursor);
        number = this.text;
        word = this.word;
        hit = this.hit;
      }
      if (word !== 0 && words < 256) {
        this.words[words] = word;
        words += 1;
      }
      if (sign !== 0) state = view.step(state, sign);
      if (number !== 0 && step.tuple >= 0 && (tuple[step.tuple] === 0 || step.rank < this.ranks[step.tuple])) {
        tuple[step.tuple] = number;
        this.ranks[step.tuple] = step.rank;
      }
      if (hit) this.hitSteps.push(step);
    }
    for (let i = 0; i < words; i += 1) state = view.step(state, this.words[i]);
    return state;
  }

  /** The slow way of one value: decode it, ask the view and the roles, and remember the answers where that is worth it. */
  private judge(step: Step, plan: ClassPlan, cursor: RecordCursor): number {
    const { type, start, length } = cursor;
    const value = step.how === 3 ? derivedValue(plan.eventClass, step.field, cursor) : cursor.value(step.leaf);
    const { view } = plan;
    const sign = step.slot >= 0 ? view.signature(step.slot, value) : 0;
    this.word = step.keyword && value !== undefined && value !== null ? view.keyword(value) : 0;
    this.text = 0;
    this.hit = false;
    if (step.role !== undefined) {
      const said = this.judgement.say(step.role, value);
      this.text = said;
      this.hit = step.role.indicator && this.judgement.indicated(step.role.path, value);
    }
    if (step.how === 0 && step.remembered) {
      if (step.lookups > TRIAL && step.hits < step.lookups * WORTH) step.remembered = false;
      else {
        const entry = this.memory.insert(step.key, type, cursor.view, start, length);
        if (entry >= 0) {
          this.memory.signature[entry] = sign;
          this.memory.keyword[entry] = this.word;
          this.memory.text[entry] = this.text;
          this.memory.hit[entry] = this.hit ? 1 : 0;
        }
      }
    }
    return sign;
  }

  private program(layout: Layout, cursor: RecordCursor): Program {
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
    if (
      note.lastProgram !== undefined &&
      note.lastId === id &&
      note.lastProvider === provider &&
      note.lastChannel === channel
    ) {
      return note.lastProgram;
    }
    const both = provider * 2_097_152 + channel;
    let pair = this.pairs.get(both);
    if (pair === undefined) {
      pair = this.pairs.size;
      this.pairs.set(both, pair);
    }
    const key = (id & 0xffff) + 65_536 * pair;
    let program = note.programs.get(key);
    if (program === undefined) {
      if (note.programs.size > 512) note.programs.clear();
      const { pool } = this.judgement.ledger;
      const names = {
        Provider_Name: note.fixedProvider ?? pool.text(provider),
        Channel: note.fixedChannel ?? pool.text(channel),
      };
      // Only what rules, too, would read: a record without a channel has none to be known.
      const known = note.full && id > 0 && id < 65_536 ? { EventID: id, ...names } : {};
      program = this.make(layout, windowsClass(names.Provider_Name, names.Channel, id), known);
      note.programs.set(key, program);
    }
    note.lastId = id;
    note.lastProvider = provider;
    note.lastChannel = channel;
    note.lastProgram = program;
    return program;
  }

  /** The program of the class that one more field of the record decides. */
  private refine(base: Program, layout: Layout, cursor: RecordCursor): Program {
    const number = this.number(REFINE, base.refineLeaf, cursor);
    let program = base.refined!.get(number);
    if (program === undefined) {
      const value = number === 0 ? undefined : this.judgement.ledger.pool.text(number);
      program = this.make(layout, base.plan.eventClass.refine!.by(value), base.known);
      base.refined!.set(number, program);
    }
    return program;
  }

  /** The number of a short text of the record, by way of the value memory. */
  private number(key: number, leaf: number, cursor: RecordCursor): number {
    if (leaf < 0 || !cursor.locate(leaf)) return 0;
    const { type, view, start, length } = cursor;
    const known = this.memory.lookup(key, type, view, start, length);
    if (known >= 0) return this.memory.text[known];
    const number = this.judgement.ledger.pool.number(String(cursor.value(leaf)).slice(0, 256));
    const entry = this.memory.insert(key, type, view, start, length);
    if (entry >= 0) {
      this.memory.text[entry] = number;
      this.memory.signature[entry] = 0;
      this.memory.hit[entry] = 0;
    }
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

  private forget(layout: Layout): void {
    layout.data = undefined;
  }

  private make(layout: Layout, eventClass: EventClass, known: Known): Program {
    const plan = this.book.narrowed(eventClass, known);
    const { view } = plan;
    const epoch = view.epoch;
    const steps: Step[] = [];
    const rolesOf = new Map<string, PlannedRole[]>();
    for (const role of plan.roles) {
      const known = rolesOf.get(role.role.field);
      if (known === undefined) rolesOf.set(role.role.field, [role]);
      else known.push(role);
    }
    const { derived } = eventClass;
    const shown = new Set<number>();
    const add = (field: string, leaf: number, slot: number, role: PlannedRole | undefined): void => {
      const made = leaf < 0 && derived !== undefined && Object.hasOwn(derived, field);
      // What the kind of event fixes needs no reading, whatever the template says of it.
      const given = slot >= 0 && Object.hasOwn(known, field);
      const kind = made ? 'derived' : given ? 'constant' : leaf < 0 ? 'absent' : layout.leaves[leaf].kind;
      const sign = (value: unknown) => (slot >= 0 ? view.signature(slot, value) : 0);
      // Values that are made of others aren't the event's own, so keywords don't see them.
      const keyword = view.keywords && leaf >= 0 && !shown.has(leaf);
      if (keyword) shown.add(leaf);
      const constant = kind === 'constant' ? (given ? known[field] : layout.leaves[leaf].constant) : undefined;
      const absent = sign(kind === 'constant' ? constant : undefined);
      const said = role !== undefined && kind === 'constant' ? this.judgement.say(role, constant) : 0;
      const hit = role?.indicator === true && kind === 'constant' && this.judgement.indicated(role.path, constant);
      const how = kind === 'slot' ? 0 : kind === 'composite' ? 2 : kind === 'derived' ? 3 : 1;
      const word = keyword && kind === 'constant' ? view.keyword(constant) : 0;
      if (how === 1 && absent === 0 && said === 0 && !hit && word === 0) return;
      const name = `${plan.number}|${slot}|${keyword}|${field}|${role === undefined ? '' : plan.roles.indexOf(role)}`;
      let key = this.keys.get(name);
      if (key === undefined) {
        key = FIRST_KEY + this.keys.size;
        this.keys.set(name, key);
      }
      steps.push({
        leaf,
        field,
        slot,
        keyword,
        fixedKeyword: word,
        only: keyword && slot < 0 && role === undefined,
        role,
        tuple: role?.tuple ?? -1,
        rank: role?.rank ?? 0,
        key,
        how,
        absent,
        fixedText: said,
        fixedHit: hit,
        lookups: 0,
        hits: 0,
        remembered: true,
      });
    };
    for (let slot = 0; slot < view.fields.length; slot += 1) {
      const field = view.fields[slot];
      const roles = rolesOf.get(field);
      add(field, layout.find(field), slot, roles?.shift());
    }
    // The roles that no slot carries.
    for (const role of plan.roles) {
      if (rolesOf.get(role.role.field)?.includes(role))
        add(role.role.field, layout.find(role.role.field), NO_SLOT, role);
    }
    if (view.keywords) {
      layout.leaves.forEach((leaf, index) => {
        if (!shown.has(index)) add(leaf.path, index, NO_SLOT, undefined);
      });
    }
    const { refine } = eventClass;
    return {
      plan,
      steps,
      epoch,
      known,
      refineLeaf: refine === undefined ? -1 : layout.find(refine.field),
      refined: refine === undefined ? undefined : new Map(),
    };
  }

  /** The class of a record without a template. */
  private classOf(cursor: RecordCursor): EventClass {
    const text = (field: string) => {
      const value = cursor.get(field);
      return value === undefined || value === null ? '' : String(value);
    };
    const base = windowsClass(
      text('Provider_Name') || text('Provider_EventSourceName'),
      text('Channel'),
      Number(text('EventID')) | 0,
    );
    return base.refine === undefined ? base : base.refine.by(cursor.get(base.refine.field));
  }
}

/** BinXML types that are written with digits, hexadecimal letters and punctuation alone. */
function isNumeric(type: number): boolean {
  return (type >= 3 && type <= 10) || (type >= 15 && type <= 21);
}

function placeOf(cursor: RecordCursor, file: string): Place {
  return { file, record: cursor.recordId, offset: cursor.offset };
}
