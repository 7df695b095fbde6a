import { type Attributor, createAttributor } from '../../src/detection/attribution/index.ts';
import { createJudge, type Judge, type Judged } from '../../src/detection/terms/index.ts';
import { type Activity, type Facts, loadRegistry, type Registry } from '../../src/registry/index.ts';
import type { NormalPath, Outcome } from '../../src/telemetry/index.ts';

export type Values = Partial<Record<NormalPath, string>>;

/** Facts of a kind of event, shaped as the formats make them. */
export function facts(key: string, uid: number, activity: string, values: Values, outcome: Outcome = 'success'): Facts {
  return {
    class: {
      key,
      format: key.split('/')[0] === 'windows' ? 'evtx' : key.split('/')[0]!,
      offers: [],
      class_uid: uid,
      activity,
      roles: [],
    },
    outcome,
    values,
  };
}

const SECURITY = 'windows/Security/Microsoft-Windows-Security-Auditing';

/** Security 4624 or 4625 of a host. */
export function logon(user: string, values: Values = {}, outcome: Outcome = 'success'): Facts {
  const [domain, name] = user.includes('\\') ? user.split('\\') : [undefined, user];
  const who: Values =
    domain === undefined
      ? { 'user.name': name, 'actor.user.name': name }
      : { 'user.name': name, 'user.domain': domain, 'actor.user.name': name, 'actor.user.domain': domain };
  return facts(
    `${SECURITY}/${outcome === 'failure' ? 4625 : 4624}`,
    3002,
    'Logon',
    { ...who, 'device.hostname': 'DC01.clinic.example', 'auth.type': '10', ...values },
    outcome,
  );
}

export function security(
  id: number,
  uid: number,
  activity: string,
  values: Values,
  outcome: Outcome = 'success',
): Facts {
  return facts(`${SECURITY}/${id}`, uid, activity, { 'device.hostname': 'DC01.clinic.example', ...values }, outcome);
}

/** A line of the VPN gateway. */
export function vpn(activity: 'Open' | 'Close' | 'Other', user: string, values: Values = {}): Facts {
  return facts('cisco-asa/722051', 4014, activity, { 'user.name': user, 'device.hostname': 'fw01', ...values });
}

export function registryOf(text: string): Registry {
  const { registry, problems } = loadRegistry(text, 'chaperone.yaml', { now: Date.UTC(2026, 10, 25) });
  const errors = problems.filter((problem) => problem.severity === 'error');
  if (registry === undefined || errors.length > 0)
    throw new Error(errors.map((problem) => `${problem.line}: ${problem.message}`).join('\n'));
  return registry;
}

/** Feeds events as the engine does: one activity for equal facts, one `observe` for each event that is wanted. */
export class Scene {
  readonly registry: Registry;
  readonly attributor: Attributor;
  readonly judge: Judge;
  readonly #activities = new Map<string, Activity & { days: Set<number>; hours: number }>();
  #record = 0;

  constructor(registry: Registry) {
    this.registry = registry;
    this.attributor = createAttributor(registry);
    this.judge = createJudge(registry);
  }

  /** One event; `time` as ISO text, undefined where the source states none. */
  event(what: Facts, time?: string): this {
    const us = time === undefined ? undefined : Date.parse(time) * 1000;
    const place = { file: 'case/log', record: ++this.#record };
    const key = JSON.stringify([what.class.key, what.outcome, what.values]);
    let activity = this.#activities.get(key);
    if (activity === undefined) {
      activity = {
        facts: what,
        attribution: this.attributor.attribute(what),
        count: 0,
        first: undefined,
        last: undefined,
        place,
        days: new Set(),
        hours: 0,
      };
      this.#activities.set(key, activity);
    }
    activity.count++;
    if (us !== undefined) {
      activity.first = Math.min(activity.first ?? us, us);
      activity.last = Math.max(activity.last ?? us, us);
      activity.days.add(Math.floor(us / 86_400_000_000));
      activity.hours |= 1 << new Date(us / 1000).getUTCHours();
    }
    if (this.judge.wants(activity.facts, activity.attribution)) this.judge.observe(activity, us, place);
    return this;
  }

  get activities(): Activity[] {
    return [...this.#activities.values()];
  }

  finish(): Judged {
    return this.judge.finish({ activities: this.activities });
  }
}

export const CLINIC = String.raw`
organization:
  name: Lakeside Clinic
  slug: lakeside
  zone: Europe/Berlin
  domains: [CLINIC, clinic.example]
  networks: [10.20.0.0/16]
  calendar: { holidays: [2026-12-25] }
providers:
  - name: Northgate IT
    slug: northgate
    agreement: { from: 2025-01-01, to: 2027-12-31 }
    people:
      - { name: Anna Berg }
      - { name: Tom Falk, employed: { to: 2026-02-28 } }
    accounts:
      - { name: CLINIC\svc-rmm, kind: service, sid: S-1-5-21-1004336348-1177238915-682003330-1105 }
      - { name: CLINIC\ng-anna, person: Anna Berg, upn: anna.berg@clinic.example }
      - { name: CLINIC\ng-tom, person: Tom Falk }
      - { name: CLINIC\ng-old, expires: 2026-01-31 }
      - { name: support, kind: local }
      - { pattern: CLINIC\ngx-* }
      - { app: 11111111-2222-3333-4444-555555555555 }
      - { role: arn:aws:iam::111122223333:role/NorthgateSupport }
    networks: [198.51.100.0/24]
    hosts: [NG-JUMP01, NG-WS*]
    tenants: { entra: [aaaaaaaa-2222-3333-4444-555555555555], aws: [444455556666] }
    links: [{ name: ng-vpn, kind: remote_vpn, pool: [10.20.99.0/24] }]
    tools: [{ name: ScreenConnect, instance: northgate.screenconnect.com, relay: relay.northgate.example }]
    terms:
      - { id: office-hours, who: [ng-anna, ng-tom, ng-old, 'CLINIC\ngx-*'], from: [provider], to: [servers, DC01], when: { days: mon-fri, hours: 08:00-18:00 }, level: high }
      - { id: agent, who: [svc-rmm], with: [ScreenConnect], when: { hours: 22:00-06:00 } }
  - name: Westdata
    slug: westdata
    accounts: [{ name: CLINIC\west-1 }, { name: OTHER\dup }, { name: WEST\dup }]
    networks: [203.0.113.0/24]
    terms: [{ id: any, when: { days: mon-fri } }]
systems: [{ name: servers, hosts: [FS01, SQL*] }, { name: DC01 }]
`;
