import { createPlan, type Plan, type View } from '@chaperone/sigma';
import type { EventClass, NormalPath, Role } from '../../telemetry/index.ts';
import { type KeywordProfile, keywordProfile } from './keyword-profile.ts';
import { type Known, narrow } from './narrow.ts';

/** Kinds with plans of their own; provider names come out of logs, so there could be any number. */
const MOST_NARROWED = 4096;
/** A plan of its own pays where it has fewer than this part of the rules. */
const WORTH = 0.7;

/** Identity paths: what says who, from where, on what. Their values make up the tuples of the ledger. */
const IDENTITY: ReadonlySet<NormalPath> = new Set<NormalPath>([
  'actor.user.name',
  'actor.user.domain',
  'actor.user.uid',
  'actor.app_uid',
  'user.name',
  'user.domain',
  'user.uid',
  'group.name',
  'group.uid',
  'src_endpoint.ip',
  'src_endpoint.hostname',
  'src_endpoint.assigned_ip',
  'dst_endpoint.ip',
  'dst_endpoint.hostname',
  'device.hostname',
  'auth.type',
  'auth.protocol',
  'auth.factor',
  'cloud.account.uid',
  'cloud.app.uid',
  'cloud.home_tenant.uid',
  'email',
  'tool',
  'ticket.uid',
  'certificate.serial',
]);

/** Paths whose values differ from event to event: kept in the tuple only where attribution knows the value. */
const SELECTIVE: ReadonlySet<NormalPath> = new Set<NormalPath>([
  'process.file.path',
  'process.original_file_name',
  'process.signer',
  'service.name',
  'service.cmd_line',
  'dns.query',
  'url',
  'share',
]);

/** A role as the engine reads it. Several fields may fill one path: the first that says something wins. */
export interface PlannedRole {
  readonly role: Role;
  readonly path: NormalPath;
  /** position in the ledger's tuple; -1: read for indicators only */
  readonly tuple: number;
  /** place among the roles that compete for the same path: the lowest that says something wins */
  readonly rank: number;
  /** kept only where attribution knows the value */
  readonly selective: boolean;
  readonly indicator: boolean;
}

/** All that is worked out once per kind of event. */
export interface ClassPlan {
  /** small number, unique per class in this lane */
  readonly number: number;
  readonly eventClass: EventClass;
  readonly view: View;
  readonly keywords: KeywordProfile;
  readonly roles: readonly PlannedRole[];
  /** paths of the tuple, in order */
  readonly paths: readonly NormalPath[];
}

/** The plans of all classes met so far. */
export class ClassBook {
  private readonly plans = new Map<EventClass, ClassPlan>();
  private readonly narrow = new Map<string, ClassPlan>();
  private readonly plan: Plan;
  private readonly indicatorPaths: ReadonlySet<NormalPath>;

  constructor(plan: Plan, indicatorPaths: ReadonlySet<NormalPath>) {
    this.plan = plan;
    this.indicatorPaths = indicatorPaths;
  }

  /**
   * The plan of a class whose events all have these values. Where most of its rules can't hold then, it gets a small plan of
   * its own; rules for processes or files name no event id and share the one plan.
   */
  narrowed(eventClass: EventClass, known: Known): ClassPlan {
    const base = this.of(eventClass);
    const { rules } = base.view;
    if (rules.length === 0 || this.narrow.size >= MOST_NARROWED) return base;
    const key = `${base.number} ${Object.values(known).join('\0')}`;
    let plan = this.narrow.get(key);
    if (plan === undefined) {
      const left = narrow(rules, known);
      plan = base;
      if (left.length < rules.length * WORTH) {
        const view = createPlan([...new Set(left.map((bound) => bound.rule))]).view(eventClass.offers);
        plan = { ...base, view, keywords: keywordProfile(view) };
      }
      this.narrow.set(key, plan);
    }
    return plan;
  }

  of(eventClass: EventClass): ClassPlan {
    const known = this.plans.get(eventClass);
    if (known !== undefined) return known;
    const paths: NormalPath[] = [];
    const roles: PlannedRole[] = [];
    for (const role of eventClass.roles) {
      const identity = IDENTITY.has(role.as);
      const selective = SELECTIVE.has(role.as);
      const indicator = this.indicatorPaths.has(role.as);
      if (!identity && !selective && !indicator) continue;
      let tuple = -1;
      if (identity || selective) {
        tuple = paths.indexOf(role.as);
        if (tuple < 0) tuple = paths.push(role.as) - 1;
      }
      const rank = roles.filter((other) => other.path === role.as).length;
      roles.push({ role, path: role.as, tuple, rank, selective, indicator });
    }
    const view = this.plan.view(eventClass.offers);
    const plan: ClassPlan = {
      number: this.plans.size,
      eventClass,
      view,
      keywords: keywordProfile(view),
      roles,
      paths,
    };
    this.plans.set(eventClass, plan);
    return plan;
  }
}
