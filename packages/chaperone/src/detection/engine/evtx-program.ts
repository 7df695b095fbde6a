import type { Layout } from '@chaperone/evtx';
import type { Bound, EventAccess, View } from '@chaperone/sigma';
import type { EventClass, NormalPath, Outcome } from '../../telemetry/index.ts';
import type { ClassPlan, PlannedRole } from './class-book.ts';
import type { Judgement } from './judgement.ts';
import type { Known } from './narrow.ts';

/** How a step comes by its value. */
export const BYTES = 0;
/** the template fixes it, or it isn't there at all */
export const FIXED = 1;
/** composed of several pieces */
export const PIECES = 2;
/** made from other fields */
export const MADE = 3;

const NO_SLOT = -1;

/** One value to look at: for a slot of the view, for the keywords, for a role, or for several of them. */
export interface Step {
  readonly leaf: number;
  readonly field: string;
  readonly slot: number;
  /** whether the value is also shown to the keywords */
  readonly keyword: boolean;
  /** the role that it fills */
  readonly role: PlannedRole | undefined;
  readonly how: typeof BYTES | typeof FIXED | typeof PIECES | typeof MADE;
  /** number that stands for (class, view and epoch, slot, role) in the value memory */
  readonly key: number;
  /** signature where the value is absent, or (fixed) always */
  readonly absent: number;
  /** of a fixed value: signature among the keywords, number of its text, whether an indicator matches it */
  readonly word: number;
  readonly text: number;
  readonly hit: boolean;
  /** times that the value wasn't remembered, and whether remembering has been given up */
  misses: number;
}

/**
 * What is to be done with a record of one layout and one class. The columns repeat what the loop needs of `steps` as typed
 * arrays: it runs for every value of every record.
 */
export interface Program {
  readonly plan: ClassPlan;
  readonly epoch: number;
  /** fields that all its records have alike */
  readonly known: Known;
  readonly steps: readonly Step[];
  /** leaf whose bytes are looked up; -1 where the value is come by otherwise */
  readonly leaf: Int32Array;
  readonly slot: Int32Array;
  readonly how: Uint8Array;
  readonly key: Int32Array;
  readonly absent: Int32Array;
  readonly text: Int32Array;
  readonly word: Int32Array;
  /** position in the tuple (-1: none) and rank among the roles that compete for it */
  readonly tuple: Int32Array;
  readonly rank: Int32Array;
  readonly remembered: Uint8Array;
  /** entry of the value memory that the step met last */
  readonly last: Int32Array;
  readonly wordLast: Int32Array;
  /** entry of the value memory for the record at hand: -1 not remembered, -2 no value, -3 not looked at */
  readonly now: Int32Array;
  /** for a bound rule: the steps of the fields that it reads; undefined where one can't be told by an entry */
  readonly reads: Map<Bound, readonly number[] | undefined>;
  /** whether the step may be left out where the state doesn't want its slot */
  readonly lazy: Uint8Array;
  /** leaf → key in the value memory, where nothing but the keywords wants it; -1 otherwise */
  readonly wordKey: Int32Array;
  /** the leaves with such keys, for keywords that short texts or numbers can hold */
  readonly wordLeaf: Int32Array;
  /** keywords of values that the template fixes */
  readonly fixedWords: Int32Array;
  /** whether a fixed value is an indicator: then every record is shown */
  readonly fixedHits: readonly Step[];
  readonly outcome: OutcomeOf;
  /** where one more field decides the class: its leaf, and the programs by its value's number */
  readonly refineLeaf: number;
  readonly refined: Map<number, Program> | undefined;
  /** number of the program in its lane */
  readonly number: number;
  runs: number;
  /** entry of the value memory that told the outcome last */
  lastOutcome: number;
}

/** How the outcome is told: always the same, by one field (through the value memory), or by asking the event. */
export interface OutcomeOf {
  readonly fixed: Outcome | undefined;
  readonly leaf: number;
  readonly key: number;
}

export type Keys = (name: string) => number;

const views = new WeakMap<View, number>();
let viewCount = 0;

/**
 * What a remembered signature belongs to: the class (whose roles give the texts their meaning), the view, and its epoch. One
 * class may have several views, for a provider or channel may be spelled in several ways and each spelling narrows the rules
 * anew; and each view numbers its signatures by itself, from the beginning in each epoch.
 */
function scopeOf({ number, view }: ClassPlan): string {
  let known = views.get(view);
  if (known === undefined) {
    viewCount += 1;
    known = viewCount;
    views.set(view, known);
  }
  return `${number}.${known}.${view.epoch}`;
}

/** Makes the program of a layout for a class. */
export function makeProgram(
  number: number,
  layout: Layout,
  plan: ClassPlan,
  known: Known,
  judgement: Judgement,
  keys: Keys,
): Program {
  const { view, eventClass } = plan;
  const epoch = view.epoch;
  const scope = scopeOf(plan);
  const { derived, refine } = eventClass;
  const shown = new Set<number>();
  const steps: Step[] = [];
  const fixedWords: number[] = [];
  const fixedHits: Step[] = [];
  const rolesOf = new Map<string, PlannedRole[]>();
  for (const role of plan.roles) {
    const same = rolesOf.get(role.role.field);
    if (same === undefined) rolesOf.set(role.role.field, [role]);
    else same.push(role);
  }

  const add = (field: string, slot: number, role: PlannedRole | undefined): void => {
    const leaf = layout.find(field);
    const sign = (value: unknown) => (slot >= 0 ? view.signature(slot, value) : 0);
    // Values that are made of others aren't the event's own, so keywords don't see them.
    const keyword = view.keywords && leaf >= 0 && !shown.has(leaf);
    if (keyword) shown.add(leaf);
    // What the kind of event fixes needs no reading, whatever the template says of it.
    const given = slot >= 0 && Object.hasOwn(known, field);
    const kind = leaf < 0 ? 'absent' : layout.leaves[leaf].kind;
    const made = leaf < 0 && derived !== undefined && Object.hasOwn(derived, field);
    const how = made
      ? MADE
      : given || kind === 'constant' || kind === 'absent'
        ? FIXED
        : kind === 'slot'
          ? BYTES
          : PIECES;
    const value =
      how !== FIXED ? undefined : given ? known[field] : kind === 'constant' ? layout.leaves[leaf].constant : undefined;
    const present = how === FIXED && value !== undefined && value !== null;
    const step: Step = {
      leaf,
      field,
      slot,
      keyword: keyword && how !== FIXED,
      role,
      how,
      key: keys(`${scope}|${slot}|${keyword}|${field}|${role === undefined ? '' : plan.roles.indexOf(role)}`),
      absent: sign(value),
      word: keyword && present ? view.keyword(value) : 0,
      text: role !== undefined && present ? judgement.say(role, value) : 0,
      hit: role?.indicator === true && present && judgement.indicated(role.path, value),
      misses: 0,
    };
    if (step.word !== 0) fixedWords.push(step.word);
    if (step.hit) fixedHits.push(step);
    if (how === FIXED && step.absent === 0 && step.text === 0) return;
    steps.push(step);
  };
  for (let slot = 0; slot < view.fields.length; slot += 1)
    add(view.fields[slot], slot, rolesOf.get(view.fields[slot])?.shift());
  // The roles that no slot carries.
  for (const role of plan.roles) if (rolesOf.get(role.role.field)?.includes(role)) add(role.role.field, NO_SLOT, role);

  const wordLeaf: number[] = [];
  if (view.keywords) {
    layout.leaves.forEach((leaf, index) => {
      // A namespace says nothing of the event, and would hold "events" and "microsoft" in every one.
      if (shown.has(index) || leaf.name.includes('_xmlns')) return;
      if (leaf.kind === 'slot') wordLeaf.push(index);
      else if (leaf.kind === 'constant') {
        const word = view.keyword(leaf.constant);
        if (word !== 0) fixedWords.push(word);
      } else steps.push(wordStep(leaf.path, index, keys(`${scope}|word|${leaf.path}`)));
    });
  }
  return {
    plan,
    epoch,
    known,
    steps,
    leaf: Int32Array.from(steps, (step) => (step.how === BYTES ? step.leaf : -1)),
    slot: Int32Array.from(steps, (step) => step.slot),
    how: Uint8Array.from(steps, (step) => step.how),
    key: Int32Array.from(steps, (step) => step.key),
    absent: Int32Array.from(steps, (step) => step.absent),
    text: Int32Array.from(steps, (step) => step.text),
    word: Int32Array.from(steps, (step) => step.word),
    tuple: Int32Array.from(steps, (step) => step.role?.tuple ?? -1),
    rank: Int32Array.from(steps, (step) => step.role?.rank ?? 0),
    remembered: new Uint8Array(steps.length).fill(1),
    last: new Int32Array(steps.length).fill(-1),
    wordLast: new Int32Array(layout.leaves.length).fill(-1),
    now: new Int32Array(steps.length).fill(-2),
    reads: new Map(),
    lazy: Uint8Array.from(steps, ({ slot, role, keyword }) =>
      slot >= 0 && role === undefined && !keyword && !view.always(slot) ? 1 : 0,
    ),
    wordLeaf: Int32Array.from(wordLeaf),
    wordKey: Int32Array.from(layout.leaves, (leaf, index) =>
      wordLeaf.includes(index) ? keys(`${scope}|word|${leaf.path}`) : -1,
    ),
    fixedWords: Int32Array.from(fixedWords),
    fixedHits,
    outcome: outcomeOf(layout, eventClass, keys),
    refineLeaf: refine === undefined ? -1 : layout.find(refine.field),
    refined: refine === undefined ? undefined : new Map(),
    number,
    runs: 0,
    lastOutcome: -1,
  };
}

function wordStep(field: string, leaf: number, key: number): Step {
  return {
    leaf,
    field,
    slot: NO_SLOT,
    keyword: true,
    role: undefined,
    how: PIECES,
    key,
    absent: 0,
    word: 0,
    text: 0,
    hit: false,
    misses: 0,
  };
}

/** Finds out which fields a class's outcome depends on, by watching what it asks of an event that has none. */
function outcomeOf(layout: Layout, eventClass: EventClass, keys: Keys): OutcomeOf {
  const asking = { leaf: -1, key: -1 };
  if (eventClass.outcome === undefined) return { fixed: 'unknown', ...asking };
  const asked = new Set<string>();
  const nothing: EventAccess = {
    get(field) {
      asked.add(field);
      return undefined;
    },
    values: () => asked.add('*'),
    raw: () => {
      asked.add('*');
      return undefined;
    },
  };
  const outcome = eventClass.outcome(nothing);
  if (asked.size === 0) return { fixed: outcome, ...asking };
  const [field] = asked;
  const leaf = asked.size === 1 ? layout.find(field) : -1;
  if (leaf < 0 || layout.leaves[leaf].kind !== 'slot') return { fixed: undefined, ...asking };
  return { fixed: undefined, leaf, key: keys(`outcome|${eventClass.key}|${field}`) };
}

/** The path under which a step's value may be an indicator. */
export function pathOf(step: Step): NormalPath {
  return step.role!.path;
}
