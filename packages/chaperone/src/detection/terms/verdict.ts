import type { Level } from '@chaperone/sigma';
import type { Account, Registry, Term } from '../../registry/index.ts';
import type { Evidence } from '../finding.ts';
import { providerName, shown } from '../registry-finding.ts';
import type { Answers, PartName } from './truth.ts';

/** What one moment's use amounts to, when it isn't inside the agreement. */
export interface Verdict {
  readonly key: string;
  readonly parts: readonly string[];
  readonly title: string;
  readonly level: Level;
  readonly file: string;
  readonly because: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly techniques: readonly string[];
}

const TITLES: Readonly<Record<PartName, string>> = {
  until: 'after the term ended',
  when: 'outside the agreed hours',
  from: 'from a source that was not agreed',
  to: 'of a system that was not agreed',
  with: 'with a tool that was not agreed',
  vpn: 'without a VPN session',
  ticket: 'without a ticket',
  mfa: 'without a second factor',
};

/** The verdict on use that a term's parts refuse. */
export function breach(term: Term, answers: Answers, registry: Registry): Verdict {
  const parts: PartName[] = [];
  const because: string[] = [];
  const evidence: Evidence[] = [];
  for (const [part, answer] of answers) {
    if (answer.truth !== 'no') continue;
    parts.push(part);
    because.push(answer.because);
    evidence.push({
      selection: `${term.key} ${part}`,
      field: answer.field ?? part,
      value: shown(answer.value ?? ''),
      ...(answer.expected === undefined ? {} : { expected: answer.expected }),
    });
  }
  return {
    key: term.key,
    parts,
    title: `Provider access ${parts.map((part) => TITLES[part]).join(', ')}`,
    level: term.level,
    file: `${registry.file}:${term.line}`,
    because,
    evidence,
    techniques: ['T1199', 'T1078'],
  };
}

/** Verdicts with one key are one thing, at whatever moment. */
export function keyOf(verdict: Verdict | undefined): string {
  return verdict === undefined ? '' : JSON.stringify([verdict.key, verdict.parts, verdict.because]);
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
