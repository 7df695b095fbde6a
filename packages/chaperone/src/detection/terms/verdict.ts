import type { Level } from '@chaperone/sigma';
import type { Account, Registry, Term } from '../../registry/index.ts';
import type { Evidence } from '../finding.ts';
import { providerName, shown } from '../registry-finding.ts';
import type { Answers, PartName } from './truth.ts';

/** One thing that isn't as agreed: a part of a term that says no, or all of what a check found. */
export interface Broken {
  /** undefined: a check, which has no parts */
  readonly part: PartName | undefined;
  /** as the end of a sentence: `outside the agreed hours ...` */
  readonly because: string;
  readonly evidence: readonly Evidence[];
}

/** What one moment's use amounts to, when it isn't inside the agreement. */
export interface Verdict {
  /** `provider/term`, or the name of a check */
  readonly key: string;
  /** of a check; a term's title follows from the parts */
  readonly title: string | undefined;
  readonly broken: readonly Broken[];
  readonly level: Level;
  readonly file: string;
  readonly techniques: readonly string[];
}

const TITLES: Readonly<Record<PartName, string>> = {
  until: 'after the term ended',
  when: 'outside the agreed hours',
  from: 'from a source that was not agreed',
  edge: 'by a VPN session from outside the provider’s networks',
  to: 'of a system that was not agreed',
  with: 'with a tool that was not agreed',
  vpn: 'without a VPN session',
  ticket: 'without a ticket',
  mfa: 'without a second factor',
};

/** How a finding is called in which these parts of a term are broken. */
export function titleOf(parts: readonly PartName[]): string {
  return `Provider access ${parts.map((part) => TITLES[part]).join(', ')}`;
}

/** The verdict on use that a term's parts refuse. */
export function breach(term: Term, answers: Answers, registry: Registry): Verdict {
  const broken: Broken[] = [];
  for (const [part, answer] of answers) {
    if (answer.truth !== 'no') continue;
    broken.push({
      part,
      because: answer.because,
      evidence: [
        {
          selection: `${term.key} ${part}`,
          field: answer.field ?? part,
          value: shown(answer.value ?? ''),
          ...(answer.expected === undefined ? {} : { expected: answer.expected }),
        },
      ],
    });
  }
  return {
    key: term.key,
    title: undefined,
    broken,
    level: term.level,
    file: `${registry.file}:${term.line}`,
    techniques: ['T1199', 'T1078'],
  };
}

/** Verdicts with one key are one thing, at whatever moment. */
export function keyOf(verdict: Verdict | undefined): string {
  return verdict === undefined
    ? ''
    : JSON.stringify([verdict.key, verdict.broken.map(({ part, because }) => [part, because])]);
}

/** Who it was, in words: `svc-rmm (Northgate's service account)`, `ng-anna (Anna Berg of Northgate)`. */
export function whoIs(
  registry: Registry,
  account: Account | undefined,
  seen: string | undefined,
  provider: string,
): string {
  const name = providerName(registry, provider);
  if (account === undefined) return seen === undefined ? `Somebody of ${name}` : `${shown(seen)} (coming from ${name})`;
  const label = account.declared.pattern !== undefined && seen !== undefined ? seen : account.label;
  if (account.person !== undefined) return `${shown(label)} (${account.person.name} of ${name})`;
  return `${shown(label)} (${name}'s ${account.kind === undefined || account.kind === 'person' ? '' : `${account.kind} `}account)`;
}
