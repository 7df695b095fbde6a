import type { Activity, Attribution } from '../../registry/index.ts';
import { HALF_HOUR } from './observations.ts';
import type { PartName } from './truth.ts';
import type { Deed } from './use.ts';
import type { Broken, Verdict } from './verdict.ts';

/** Something that isn't inside the agreement, in one kind of event at one or more moments. Times in microseconds. */
export interface Occurrence extends Verdict {
  /** the attempt failed: the control did its work */
  readonly refused: boolean;
  readonly confidence: Attribution['confidence'];
  readonly provider: string;
  readonly account: string;
  readonly host: string | undefined;
  /** who, e.g. `svc-rmm (Northgate's service account)` */
  readonly who: string;
  readonly deed: Deed;
  readonly by: readonly string[];
  readonly eventClass: string;
  readonly srcIp: string | undefined;
  count: number;
  /** moments at which it held; where `partial`, `count` is of the half hours around them */
  partial: boolean;
  first: number | undefined;
  last: number | undefined;
  readonly places: readonly Activity['place'][];
}

/** What is broken in some only of a session's occurrences that break something else. */
export interface Narrower {
  readonly broken: readonly Broken[];
  readonly occurrences: readonly Occurrence[];
}

/** One finding: an account's use that isn't as agreed in the same way, over a session, on whatever hosts. */
export interface Session {
  /** parts in the order in which a finding names them; empty for a check */
  readonly parts: readonly PartName[];
  /** what is broken in all of it, each reason once */
  readonly broken: readonly Broken[];
  readonly narrower: readonly Narrower[];
  /** in order of time; at least one */
  readonly occurrences: readonly Occurrence[];
}

const ORDER: readonly PartName[] = ['until', 'when', 'from', 'edge', 'to', 'with', 'vpn', 'ticket', 'mfa'];
/** Parts that speak of the way inside: a finding on one may name the other, where it holds for some of the same events. */
const INSIDE: ReadonlySet<PartName | undefined> = new Set<PartName>(['from', 'to']);
/** Parts that say how, and may be named by a finding of any kind. */
const HOW: ReadonlySet<PartName | undefined> = new Set<PartName>(['with', 'vpn', 'ticket', 'mfa']);

/**
 * Joins occurrences into what a person would call one thing. Occurrences of one account and term (or check) that follow each other within half
 * an hour are a session, on however many hosts. Within it, each broken part is a finding with all events that break it; parts that the very same events
 * break are one finding, and so is what some of those events break besides, where it
 * is of the same kind (source and system) or says how (tool, ticket, factor).
 */
export function joinOccurrences(occurrences: readonly Occurrence[]): Session[] {
  const groups = new Map<string, Occurrence[]>();
  for (const occurrence of occurrences) {
    const { key, account, refused, level } = occurrence;
    const name = JSON.stringify([key, account, refused, level]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [occurrence]);
    else group.push(occurrence);
  }
  const sessions: Session[] = [];
  for (const group of groups.values()) for (const members of inTime(group)) sessions.push(...byParts(members));
  return sessions.sort((a, b) => (a.occurrences[0]!.first ?? 0) - (b.occurrences[0]!.first ?? 0));
}

// Runs with no gap of more than half an hour; what has no time is a run of its own.
function* inTime(group: Occurrence[]): Generator<Occurrence[]> {
  const untimed = group.filter(({ first }) => first === undefined);
  if (untimed.length > 0) yield untimed;
  const timed = group.filter(({ first }) => first !== undefined).sort((a, b) => a.first! - b.first!);
  let run: Occurrence[] = [];
  let end = 0;
  for (const occurrence of timed) {
    if (run.length > 0 && occurrence.first! - end > HALF_HOUR) {
      yield run;
      run = [];
    }
    end = run.length === 0 ? occurrence.last! : Math.max(end, occurrence.last!);
    run.push(occurrence);
  }
  if (run.length > 0) yield run;
}

interface Draft {
  readonly parts: (PartName | undefined)[];
  readonly at: ReadonlySet<Occurrence>;
  readonly inside: Draft[];
}

function* byParts(members: readonly Occurrence[]): Generator<Session> {
  const at = new Map<PartName | undefined, Set<Occurrence>>();
  for (const occurrence of members) {
    for (const { part } of occurrence.broken) {
      const known = at.get(part);
      if (known === undefined) at.set(part, new Set([occurrence]));
      else known.add(occurrence);
    }
  }
  const drafts: Draft[] = [];
  for (const part of [undefined, ...ORDER]) {
    const set = at.get(part);
    if (set === undefined) continue;
    const same = drafts.find((draft) => draft.at.size === set.size && isPart(set, draft.at));
    if (same === undefined) drafts.push({ parts: [part], at: set, inside: [] });
    else same.parts.push(part);
  }
  const within = new Set<Draft>();
  for (const draft of drafts) {
    const around = drafts.find(
      (other) => other !== draft && !within.has(other) && mayName(other, draft) && isPart(draft.at, other.at),
    );
    if (around === undefined) continue;
    around.inside.push(draft);
    within.add(draft);
  }
  for (const draft of drafts) {
    if (within.has(draft)) continue;
    const parts = [...draft.parts, ...draft.inside.flatMap((one) => one.parts)].filter((part) => part !== undefined);
    yield {
      parts: ORDER.filter((part) => parts.includes(part)),
      broken: reasons(draft),
      narrower: draft.inside.map((one) => ({ broken: reasons(one), occurrences: [...one.at] })),
      occurrences: [...draft.at],
    };
  }
}

function mayName(one: Draft, narrower: Draft): boolean {
  if (narrower.parts.every((part) => HOW.has(part))) return true;
  return [...one.parts, ...narrower.parts].every((part) => INSIDE.has(part));
}

function isPart(part: ReadonlySet<Occurrence>, whole: ReadonlySet<Occurrence>): boolean {
  for (const one of part) if (!whole.has(one)) return false;
  return true;
}

function reasons({ parts, at }: Draft): Broken[] {
  const found = new Map<string, Broken>();
  for (const part of parts)
    for (const occurrence of at)
      for (const broken of occurrence.broken)
        if (broken.part === part && !found.has(broken.because)) found.set(broken.because, broken);
  return [...found.values()];
}
