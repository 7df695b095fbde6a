import type { Attribution } from '../../registry/index.ts';
import { findZone, type Registry, type Zone } from '../../registry/index.ts';
import { providerName, sayWitness, shown } from '../registry-finding.ts';
import { deedOf } from './deed.ts';
import type { Entry } from './ledger.ts';
import { saySpan, sayWhen } from './say-when.ts';

type Who = Pick<Attribution, 'account' | 'provider' | 'person' | 'declared'>;

/** Says who, where and when, in the organisation's words and by its clock. */
export class Teller {
  private readonly registry: Registry | undefined;
  private readonly zone: Zone;

  /** @param zone IANA name; UTC where it is missing or unknown */
  constructor(registry: Registry | undefined, zone: string | undefined) {
    this.registry = registry;
    this.zone = (zone === undefined ? undefined : findZone(zone)) ?? findZone('UTC')!;
  }

  /** `CLINIC\ng-anna (Anna Berg of Northgate IT)` */
  who({ account, provider, person, declared }: Who): string {
    const company = provider === undefined ? undefined : shown(providerName(this.registry, provider));
    if (account === undefined)
      return company === undefined ? 'Somebody (the event names no account)' : `Somebody of ${company}`;
    if (company === undefined) return shown(account);
    if (declared === undefined) return `${shown(account)} (coming from ${company})`;
    return `${shown(account)} (${person === undefined ? company : `${shown(person)} of ${company}`})`;
  }

  /** `CLINIC\ng-anna (Anna Berg of Northgate IT) logged on to DC01 from 198.51.100.4`: what all events of an activity share. */
  did({ attribution, facts }: Pick<Entry, 'attribution' | 'facts'>): string {
    const host = attribution.host === undefined ? null : shown(attribution.host);
    const from = attribution.src_ip === undefined ? '' : ` from ${shown(attribution.src_ip)}`;
    return `${this.who(attribution)} ${deedOf(facts.class, facts.outcome, host)}${from}`;
  }

  /** `Seen in DC01's Security log.` */
  seen({ attribution, facts }: Pick<Entry, 'attribution' | 'facts'>): string {
    return `Seen in ${sayWitness(facts.class.key, attribution.host)}.`;
  }

  /** `at 02:14:05 on 2026-11-20 (Europe/Berlin)`; NaN is a time that the source doesn't state. */
  when(time: number): string {
    return Number.isNaN(time) ? 'at a time that the log does not state' : sayWhen(this.zone, time);
  }

  span(from: number, to: number): string {
    return saySpan(this.zone, from, to);
  }
}
