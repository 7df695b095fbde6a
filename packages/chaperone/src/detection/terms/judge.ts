import type { Account, Activity, Attribution, Exception, Facts, Registry } from '../../registry/index.ts';
import type { Finding } from '../finding.ts';
import { Assessor } from './assess.ts';
import { checkEdge } from './edge.ts';
import { type JudgeTransfer, mergeObservations, Observations } from './observations.ts';
import { joinOccurrences, type Occurrence } from './occurrences.ts';
import { saySession } from './say.ts';
import { VpnLog } from './vpn-log.ts';

/** A question about the terms that the logs don't answer. */
export interface Unanswered {
  readonly question: string;
  readonly reason: string;
  readonly mend: string;
}

export interface Judged {
  /** in order of time */
  readonly findings: readonly Finding[];
  readonly unanswered: readonly Unanswered[];
  /** findings that an exception of the registry held back, and how many */
  readonly heldBack: readonly { readonly exception: Exception; readonly count: number }[];
  /** findings left out because there are too many to list; counted, never lost in silence */
  readonly omitted: number;
}

export interface JudgeContext {
  /** all activities of the scan, merged (`fromTransfer`); of use for finding accounts behind a provider's VPN session */
  readonly activities: readonly Activity[];
}

/** Holds the use of providers' access against what was agreed. */
export interface Judge {
  /** Asked once for each distinct set of facts: whether `observe` needs its events one by one. */
  wants(facts: Facts, attribution: Attribution): boolean;
  /** Called for every event of an activity that is wanted. `time` in microseconds; undefined or NaN where the source states none. */
  observe(activity: Activity, time: number | undefined, place: Activity['place']): void;
  /** How full its memory is; from 1 on it is coarse. */
  readonly load: number;
  /** Forgets what ended before a moment (microseconds): a stream has no end, and what was found stands elsewhere. */
  forget(before: number): void;
  /** What this judge saw, as plain data for another thread. */
  toTransfer(): JudgeTransfer;
  /** Takes in what other judges of the same registry saw. */
  merge(parts: readonly JudgeTransfer[]): void;
  /** Judges everything seen and merged. */
  finish(context: JudgeContext): Judged;
}

/** More findings of terms than anybody reads; what is beyond is counted in `omitted`. */
const MAX_FINDINGS = 20_000;

/**
 * Makes a judge. Use of an account is fine when one term of its provider allows it whole; it is broken when every term that speaks of the account
 * says no; where a term can't be judged for want of a source and none allows it, the answer is *cannot tell* and stands in `unanswered`.
 * The end of the agreement, of the account and of a person's employment hold besides, whatever the terms say.
 *
 * @example
 * const judge = createJudge(registry);
 * if (judge.wants(facts, attribution)) judge.observe(activity, time, place);
 * const { findings, unanswered } = judge.finish({ activities });
 */
export function createJudge(registry: Registry): Judge {
  const observations = new Observations(registry);
  const others: JudgeTransfer[] = [];
  return {
    wants: (facts, attribution) => observations.wants(facts, attribution),
    observe: (activity, time, place) => observations.observe(activity, time, place),
    get load() {
      return observations.load;
    },
    forget: (before) => observations.forget(before),
    toTransfer: () => observations.toTransfer(),
    merge: (parts) => {
      others.push(...parts);
    },
    finish: (context) => finish(registry, [observations.toTransfer(), ...others], context),
  };
}

function finish(registry: Registry, parts: readonly JudgeTransfer[], context: JudgeContext): Judged {
  const { observed, vpn, vpnComplete, coarse } = mergeObservations(parts);
  const log = new VpnLog(vpn, vpnComplete);
  const assessor = new Assessor(registry, log);
  for (const one of observed) assessor.assess(one);
  const occurrences = [...assessor.occurrences, ...checkEdge(registry, log, observed, context.activities)];
  const held = new Map<Exception, number>();
  const findings: Finding[] = [];
  let omitted = 0;
  // Exceptions are for one host: what they name is taken out before the hosts of a session are joined.
  const free: Occurrence[] = [];
  const excepted = new Map<Exception, Occurrence[]>();
  for (const occurrence of occurrences) {
    const exception = registry.exceptions.find((one) => holdsBack(one, occurrence, registry));
    if (exception === undefined) free.push(occurrence);
    else if (excepted.has(exception)) excepted.get(exception)!.push(occurrence);
    else excepted.set(exception, [occurrence]);
  }
  for (const [exception, members] of excepted) held.set(exception, joinOccurrences(members).length);
  for (const session of joinOccurrences(free)) {
    if (findings.length < MAX_FINDINGS) findings.push(saySession(registry, session));
    else omitted++;
  }
  const unanswered = [...assessor.unanswered()];
  if (coarse)
    unanswered.push({
      question: 'At which minute was each provider account used?',
      reason: 'There were too many provider events to remember each: some were judged by the first and last of a day.',
      mend: 'Scan a shorter time with `--since` and `--until`.',
    });
  if (!vpnComplete)
    unanswered.push({
      question: 'Was a VPN session open at each use?',
      reason: 'There were more VPN lines than are kept.',
      mend: 'Scan a shorter time with `--since` and `--until`.',
    });
  return { findings, unanswered, heldBack: [...held].map(([exception, count]) => ({ exception, count })), omitted };
}

/** Whether an exception of the registry holds this back: same term or check, same account, host and provider where stated, and not ended then. */
export function holdsBack(
  exception: Exception,
  what: {
    readonly key: string;
    readonly account: string | undefined;
    readonly host: string | undefined;
    readonly provider: string | undefined;
    readonly last?: number | undefined;
    readonly first?: number | undefined;
  },
  registry: Registry,
): boolean {
  if (exception.term !== what.key) return false;
  const last = what.last ?? what.first;
  // An end can't be held against what has no time: then it holds nothing back.
  if (last === undefined || last / 1000 >= exception.end) return false;
  if (exception.provider !== undefined && exception.provider !== what.provider) return false;
  if (exception.account !== undefined && !sameAccount(exception.account, what.account, registry.accounts)) return false;
  return (
    exception.host === undefined ||
    (what.host !== undefined && exception.host.toLowerCase() === what.host.toLowerCase()) ||
    shortName(exception.host) === shortName(what.host)
  );
}

function sameAccount(wanted: string, account: string | undefined, accounts: readonly Account[]): boolean {
  if (account === undefined) return false;
  const lower = wanted.toLowerCase();
  if (account.toLowerCase() === lower) return true;
  const declared = accounts.find((one) => one.label === account);
  return (
    declared !== undefined &&
    [declared.declared.upn, declared.declared.sid, declared.name?.user].some((name) => name?.toLowerCase() === lower)
  );
}

function shortName(host: string | undefined): string | undefined {
  return host?.toLowerCase().split('.')[0];
}
