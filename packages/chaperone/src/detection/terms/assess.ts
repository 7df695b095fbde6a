import {
  type Account,
  type Activity,
  formatDay,
  lastDayBefore,
  type Registry,
  type Term,
  wallClock,
} from '../../registry/index.ts';
import { linkAtEdge } from '../attribution/gateway.ts';
import { providerName, shown } from '../registry-finding.ts';
import { HALF_HOUR, MAX_SPLIT, momentsOf, type Observed, type Slot } from './observations.ts';
import type { Occurrence } from './occurrences.ts';
import {
  askEdge,
  askFrom,
  askMfa,
  askTicket,
  askTo,
  askUntil,
  askVpn,
  askWhen,
  askWith,
  type Subject,
} from './parts.ts';
import { type Answer, type Answers, allOf, anyOf, type PartName } from './truth.ts';
import { type Deed, HERE, isUse, readUse } from './use.ts';
import { breach, keyOf, type Verdict, whoIs } from './verdict.ts';
import type { VpnLog } from './vpn-log.ts';

const QUESTIONS: Readonly<Record<PartName, string>> = {
  until: 'Was {who} used after the term ended?',
  when: 'Was {who} used only in the agreed hours?',
  from: 'Did {who} come only from agreed sources?',
  edge: 'Did {who} open VPN sessions only from the provider’s own networks?',
  to: 'Did {who} reach only agreed systems?',
  with: 'Did {who} use only agreed tools?',
  vpn: 'Was a VPN session open whenever {who} was used?',
  ticket: 'Did a ticket cover each use of {who}?',
  mfa: 'Was a second factor used whenever {who} signed in?',
};

/** What failed attempts are asked: a refused logon shows no tool and no session. */
const FOR_FAILURES: ReadonlySet<PartName> = new Set<PartName>(['until', 'when', 'from', 'edge', 'to']);

interface Open {
  readonly question: string;
  readonly term: Term;
  readonly reason: string;
  readonly mend: string;
  readonly accounts: Set<string>;
  events: number;
}

/** Holds each slot of each observed activity against the terms. */
export class Assessor {
  readonly occurrences: Occurrence[] = [];
  readonly #registry: Registry;
  readonly #vpn: VpnLog;
  readonly #open = new Map<string, Open>();
  readonly #last = new Map<string, { activity: Activity; occurrence: Occurrence }>();
  readonly #unjudged = new Map<string, { reason: string; mend: string; provider: string; accounts: Set<string> }>();

  constructor(registry: Registry, vpn: VpnLog) {
    this.#registry = registry;
    this.#vpn = vpn;
  }

  assess({ activity, slots }: Observed): void {
    const { facts, attribution } = activity;
    if (!isUse(facts)) return;
    if (attribution.conflict !== undefined) for (const slot of slots) this.#conflict(activity, slot);
    if (attribution.declared === undefined) return;
    const account = this.#registry.accounts[attribution.declared]!;
    if (account.contested.length > 0) {
      this.#leave(
        account,
        `it is declared for ${[account.provider.slug, ...account.contested].join(' and ')} at once`,
        'Leave the account with one provider in the registry.',
      );
      return;
    }
    const edge = linkAtEdge(account.provider, facts);
    const subject: Subject = { account, facts, use: readUse(facts), tool: attribution.tool, edge };
    const terms = account.provider.terms.filter((term) => term.who === undefined || term.who.has(account));
    if (terms.length === 0) this.#leave(account, 'no term speaks of it', 'Add a term for it to the registry.');
    const still: StillAnswers = new Map(
      terms.map((term) => [term, [askTo(term, subject), askWith(term, subject)] as const]),
    );
    for (const slot of slots) this.#slot(activity, subject, terms, still, slot);
  }

  /** Questions that stayed open, each once. */
  *unanswered(): Generator<{ question: string; reason: string; mend: string }> {
    for (const open of this.#open.values()) {
      const accounts = [...open.accounts];
      const who =
        accounts.length === 1
          ? accounts[0]!
          : `${accounts.slice(0, 3).join(', ')}${accounts.length > 3 ? ` and ${accounts.length - 3} more` : ''}`;
      yield {
        question: `${QUESTIONS[open.question as PartName].replace('{who}', shown(who))} (term ${open.term.key})`,
        reason: `Cannot tell for ${open.events} ${open.events === 1 ? 'event' : 'events'}: ${open.reason}.`,
        mend: open.mend,
      };
    }
    for (const { reason, mend, provider, accounts } of this.#unjudged.values()) {
      yield {
        question: `Was the use of ${[...accounts].map(shown).join(', ')} inside the agreement with ${provider}?`,
        reason: `Cannot tell: ${reason}.`,
        mend,
      };
    }
  }

  #leave(account: Account, reason: string, mend: string): void {
    const key = `${account.provider.slug} ${reason}`;
    const known = this.#unjudged.get(key);
    if (known === undefined)
      this.#unjudged.set(key, { reason, mend, provider: account.provider.name, accounts: new Set([account.label]) });
    else known.accounts.add(account.label);
  }

  // A slot's moments may get different verdicts; moments with the same one become one occurrence.
  #slot(activity: Activity, subject: Subject, terms: readonly Term[], still: StillAnswers, slot: Slot): void {
    const failed = subject.facts.outcome === 'failure';
    const asked = new Set<string>();
    const judge = (moment: number | undefined) =>
      this.#standing(subject.account, moment) ?? this.#terms(subject, still, terms, moment, failed, slot.count, asked);
    const [begin, end] = [judge(defined(slot.first)), defined(slot.last)];
    // Where nothing but the hours depends on the time, and those split slots already, both ends speak for all between.
    if (slot.first === slot.last || (this.#steady(subject, terms) && keyOf(begin) === keyOf(judge(end)))) {
      if (begin !== undefined)
        this.#add(activity, begin, failed, { ...slot, partial: false, first: defined(slot.first), last: end });
      return;
    }
    const moments = momentsOf(slot);
    const broken = new Map<string, { verdict: Verdict; moments: (number | undefined)[] }>();
    for (const moment of moments) {
      const verdict = judge(moment);
      if (verdict === undefined) continue;
      const key = keyOf(verdict);
      const known = broken.get(key);
      if (known === undefined) broken.set(key, { verdict, moments: [moment] });
      else known.moments.push(moment);
    }
    for (const { verdict, moments: at } of broken.values()) {
      const partial = at.length < moments.length;
      const known = at.filter((moment) => moment !== undefined);
      this.#add(activity, verdict, failed, {
        count: partial ? at.length : slot.count,
        partial,
        first: partial ? known[0] : defined(slot.first),
        last: partial ? known[known.length - 1] : defined(slot.last),
        place: slot.place,
      });
    }
  }

  #steady({ facts }: Subject, terms: readonly Term[]): boolean {
    const ip = facts.values['src_endpoint.ip'];
    if (ip !== undefined && this.#vpn.gaveOut(ip)) return false;
    if (terms.some((term) => term.vpn || term.ticket !== undefined || term.mfa)) return false;
    return terms.filter((term) => term.when !== undefined).length <= MAX_SPLIT;
  }

  #terms(
    subject: Subject,
    still: StillAnswers,
    terms: readonly Term[],
    moment: number | undefined,
    failed: boolean,
    count: number,
    asked: Set<string>,
  ): Verdict | undefined {
    if (terms.length === 0) return undefined;
    const all: { term: Term; answers: Answers; truth: 'yes' | 'no' | 'unknown' }[] = [];
    for (const term of terms) {
      const [to, tool] = still.get(term)!;
      const answers = new Map<PartName, Answer>([
        ['until', askUntil(term, moment, this.#registry.organization.zone)],
        ['when', askWhen(term, moment)],
        ['from', askFrom(term, subject, moment, this.#vpn)],
        ['edge', askEdge(term, subject, moment, this.#vpn)],
        ['to', to],
        ['with', tool],
        ['vpn', askVpn(term, subject, moment, this.#vpn)],
        ['ticket', askTicket(term, subject, moment, this.#registry)],
        ['mfa', askMfa(term, subject, moment, this.#vpn)],
      ]);
      if (failed) for (const name of answers.keys()) if (!FOR_FAILURES.has(name)) answers.delete(name);
      all.push({ term, answers, truth: allOf(answers) });
    }
    const truth = anyOf(all.map((one) => one.truth));
    if (truth === 'yes') return undefined;
    if (truth === 'unknown') {
      for (const one of all)
        if (one.truth === 'unknown') this.#ask(subject.account, one.term, one.answers, count, asked);
      return undefined;
    }
    // Explained by the term that comes nearest: the fewest parts broken, and among those the most that hold.
    const score = (answers: Answers) =>
      [...answers.values()].reduce(
        (sum, answer) => sum + (answer.truth === 'no' ? 100 : answer.truth === 'yes' ? -1 : 0),
        0,
      );
    const nearest = all.reduce((best, one) => (score(one.answers) < score(best.answers) ? one : best));
    return breach(nearest.term, nearest.answers, this.#registry);
  }

  #ask(account: Account, term: Term, answers: Answers, count: number, asked: Set<string>): void {
    for (const [part, answer] of answers) {
      if (answer.truth !== 'unknown') continue;
      const key = `${term.key} ${part} ${answer.reason}`;
      // A slot's events are counted once, however many of its minutes stay open.
      if (asked.has(key)) continue;
      asked.add(key);
      const known = this.#open.get(key);
      if (known === undefined)
        this.#open.set(key, {
          question: part,
          term,
          reason: answer.reason,
          mend: answer.mend,
          accounts: new Set([account.label]),
          events: count,
        });
      else {
        known.events += count;
        known.accounts.add(account.label);
      }
    }
  }

  // What ends all use: the agreement, the account's own end, the person's employment.
  #standing(account: Account, moment: number | undefined): Verdict | undefined {
    if (moment === undefined) return undefined;
    const now = moment / 1000;
    const { agreement, name } = account.provider;
    const file = `${this.#registry.file}:${account.line}`;
    const make = (key: string, title: string, because: string, expected: string): Verdict => ({
      key,
      title,
      level: 'high',
      file,
      broken: [
        {
          part: undefined,
          because,
          evidence: [
            {
              selection: key,
              field: 'time',
              value: formatDay(wallClock(this.#registry.organization.zone, now).day),
              expected,
            },
          ],
        },
      ],
      techniques: ['T1199', 'T1078'],
    });
    if (agreement?.to !== undefined && now >= agreement.to)
      return make(
        'agreement',
        'Provider access after the agreement ended',
        `after the agreement with ${name} ended on ${formatDay(lastDayBefore(this.#registry.organization.zone, agreement.to))}`,
        `until ${formatDay(lastDayBefore(this.#registry.organization.zone, agreement.to))}`,
      );
    if (agreement?.from !== undefined && now < agreement.from)
      return make(
        'agreement',
        'Provider access before the agreement began',
        `before the agreement with ${name} began`,
        'after the agreement’s begin',
      );
    if (account.expires !== undefined && now >= account.expires)
      return make(
        'expired',
        'Provider account used after its end',
        `after the account’s own end on ${formatDay(lastDayBefore(this.#registry.organization.zone, account.expires))}`,
        `until ${formatDay(lastDayBefore(this.#registry.organization.zone, account.expires))}`,
      );
    const employed = account.person?.employed;
    if (employed?.to !== undefined && now >= employed.to)
      return make(
        'employment',
        'Account of somebody who left the provider',
        `after ${account.person!.name} left ${name} on ${formatDay(lastDayBefore(this.#registry.organization.zone, employed.to))}`,
        `until ${formatDay(lastDayBefore(this.#registry.organization.zone, employed.to))}`,
      );
    return undefined;
  }

  #conflict(activity: Activity, slot: Slot): void {
    const { attribution } = activity;
    const [mine, theirs] = [
      providerName(this.#registry, attribution.provider!),
      providerName(this.#registry, attribution.conflict!),
    ];
    const verdict: Verdict = {
      key: 'shared-or-stolen',
      title: 'Access of one provider used from another',
      level: 'high',
      file: this.#registry.file,
      broken: [
        {
          part: undefined,
          because: `where the account points to ${mine} and other signs to ${theirs}: the access is shared or stolen`,
          evidence: [{ selection: 'shared-or-stolen', field: 'provider', value: theirs, expected: mine }],
        },
      ],
      techniques: ['T1199', 'T1078'],
    };
    this.#add(activity, verdict, activity.facts.outcome === 'failure', {
      count: slot.count,
      partial: false,
      first: defined(slot.first),
      last: defined(slot.last),
      place: slot.place,
    });
  }

  // A cloud account or tenant is called as the registry calls it.
  #named(deed: Deed): Deed {
    const id = deed.object?.toLowerCase();
    const system = this.#registry.systems.find((one) => one.cloud.some((cloud) => cloud.toLowerCase() === id));
    return system === undefined ? deed : { ...deed, object: system.name };
  }

  #add(
    activity: Activity,
    verdict: Verdict,
    failed: boolean,
    at: {
      count: number;
      partial: boolean;
      first: number | undefined;
      last: number | undefined;
      place: Activity['place'];
    },
  ): void {
    const before = this.#last.get(verdict.key);
    if (before !== undefined && before.activity === activity && continues(before.occurrence, verdict, at)) {
      before.occurrence.count += at.count;
      before.occurrence.partial ||= at.partial;
      before.occurrence.last = at.last;
      return;
    }
    const { attribution, facts } = activity;
    const account = attribution.declared === undefined ? undefined : this.#registry.accounts[attribution.declared];
    const occurrence: Occurrence = {
      ...verdict,
      refused: failed,
      confidence: attribution.confidence,
      provider: attribution.provider!,
      account: account?.label ?? attribution.account ?? '',
      host: attribution.host,
      who: whoIs(this.#registry, account, attribution.account, attribution.provider!),
      deed: this.#named(
        readUse(facts, account !== undefined && linkAtEdge(account.provider, facts) !== undefined).deed,
      ),
      by: attribution.by,
      eventClass: facts.class.key,
      srcIp: attribution.src_ip === undefined || HERE.test(attribution.src_ip) ? undefined : attribution.src_ip,
      count: at.count,
      partial: at.partial,
      first: at.first,
      last: at.last,
      places: [at.place],
    };
    this.occurrences.push(occurrence);
    this.#last.set(verdict.key, { activity, occurrence });
  }
}

/** Answers that no moment changes: `to` and `with` of each term. */
type StillAnswers = ReadonlyMap<Term, readonly [to: Answer, tool: Answer]>;

// Whether something goes on from the occurrence before it: the same verdict, at most half an hour later.
function continues(
  before: Occurrence,
  verdict: Verdict,
  at: { readonly first: number | undefined; readonly last: number | undefined },
): boolean {
  if (before.last === undefined || at.first === undefined || at.last === undefined) return false;
  return at.first - before.last <= HALF_HOUR && at.last >= before.last && keyOf(before) === keyOf(verdict);
}

function defined(time: number): number | undefined {
  return Number.isNaN(time) ? undefined : time;
}
