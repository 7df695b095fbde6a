import { createHash } from 'node:crypto';
import type { Level } from '@chaperone/sigma';
import {
  type Activity,
  type Attribution,
  formatDay,
  formatMinute,
  type Registry,
  wallClock,
  type Zone,
} from '../registry/index.ts';
import { rfc3339 } from './engine/rfc3339.ts';
import type { Detector, Evidence, Finding } from './finding.ts';

type Place = Activity['place'];

/** What a detector that knows the registry says; the rest of a finding follows from it. Times are microseconds since 1970. */
export interface RegistryFinding {
  readonly detector: Detector;
  readonly rule: {
    readonly id: string;
    readonly title: string;
    readonly file?: string;
    readonly techniques: readonly string[];
  };
  readonly level: Level;
  readonly confidence: Attribution['confidence'];
  readonly first: number | undefined;
  readonly last?: number | undefined;
  readonly places: readonly Place[];
  readonly provider: string | undefined;
  readonly account: string | undefined;
  readonly host: string | undefined;
  /** all hosts, where it is about more than one */
  readonly hosts?: readonly string[];
  readonly srcIp: string | undefined;
  readonly why: string;
  readonly evidence: readonly Evidence[];
  readonly by?: readonly string[];
  readonly eventClass?: string;
}

/** ATT&CK techniques that this room speaks of, with their tactics. */
const TACTICS: Readonly<Record<string, readonly string[]>> = {
  T1199: ['initial-access'],
  T1078: ['defense-evasion', 'persistence', 'privilege-escalation', 'initial-access'],
  T1133: ['persistence', 'initial-access'],
  T1136: ['persistence'],
  T1098: ['persistence', 'privilege-escalation'],
  T1219: ['command-and-control'],
};

/** Most further places that one finding names: enough to click through, not a log. */
const MAX_SOURCES = 20;

/** Completes a finding. The same facts give the same id, so that a second scan doesn't say the same thing anew. */
export function makeFinding(organization: string | null, facts: RegistryFinding): Finding {
  const [place, ...more] = facts.places;
  const source = place ?? { file: '', record: 0 };
  const sources = more
    .slice(0, MAX_SOURCES)
    .filter((other) => other.file !== source.file || other.record !== source.record);
  const time = facts.first === undefined ? null : rfc3339(facts.first);
  const id = findingId([
    organization,
    facts.rule.id,
    time,
    facts.account,
    facts.host,
    facts.srcIp,
    source.file,
    source.record,
  ]);
  return {
    id,
    time,
    ...(facts.last === undefined || facts.last === facts.first ? {} : { time_end: rfc3339(facts.last) }),
    level: facts.level,
    confidence: facts.confidence,
    detector: facts.detector,
    rule: {
      id: facts.rule.id,
      title: facts.rule.title,
      ...(facts.rule.file === undefined ? {} : { file: facts.rule.file }),
      tags: facts.rule.techniques.map((technique) => `attack.${technique.toLowerCase()}`),
    },
    source,
    ...(sources.length === 0 ? {} : { sources }),
    organization,
    provider: facts.provider ?? null,
    account: facts.account ?? null,
    host: facts.host ?? null,
    ...(facts.hosts === undefined || facts.hosts.length < 2 ? {} : { hosts: facts.hosts }),
    src_ip: facts.srcIp ?? null,
    why: facts.why,
    evidence: facts.evidence,
    attack: {
      tactics: [...new Set(facts.rule.techniques.flatMap((technique) => TACTICS[technique] ?? []))],
      techniques: facts.rule.techniques,
    },
    ...(facts.by === undefined || facts.by.length === 0 ? {} : { attribution: facts.by.join('; ') }),
    ...(facts.eventClass === undefined ? {} : { event: { class: facts.eventClass } }),
  };
}

/** A UUID of version 8 made of what identifies a finding. */
export function findingId(parts: readonly (string | number | null | undefined)[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

export { rfc3339 };

/** A moment as people say it in their zone: `02:14 on 2026-03-03`. */
export function sayTime(zone: Zone, microseconds: number): string {
  const { day, minute } = wallClock(zone, microseconds / 1000);
  return `${formatMinute(minute)} on ${formatDay(day)}`;
}

/** Which log an event stood in, in words: `DC01's Security log`. */
export function sayWitness(classKey: string, host: string | undefined): string {
  const [family, channel] = classKey.split('/');
  if (family === 'windows' && channel !== undefined)
    return host === undefined ? `a Windows ${channel} log` : `${shown(host)}'s ${channel} log`;
  return `the ${family} log${host === undefined ? '' : ` of ${shown(host)}`}`;
}

/** `A, B and C`; of more than `most`, the first ones and how many there are besides. */
export function sayList(names: readonly string[], most: number, others = ''): string {
  if (names.length > most)
    return `${names.slice(0, most).join(', ')} and ${names.length - most} more${others === '' ? '' : ` ${others}`}`;
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

/** A value from a log as part of a sentence: without control characters, cut to a sane length. */
export function shown(value: string): string {
  const clean = value.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '\ufffd');
  return clean.length > 120 ? `${clean.slice(0, 119)}…` : clean;
}

/** What the registry calls a provider, or its slug where it isn't known. */
export function providerName(registry: Registry | undefined, slug: string): string {
  return registry?.providers.find((provider) => provider.slug === slug)?.name ?? slug;
}
