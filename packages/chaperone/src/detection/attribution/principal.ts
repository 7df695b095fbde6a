import { type AccountName, accountName, type Facts, isSystemAccount } from '../../registry/index.ts';
import type { NormalPath } from '../../telemetry/index.ts';

/** Who acts in an event: the account whose use this is. */
export interface Principal {
  readonly name: AccountName | undefined;
  readonly sid: string | undefined;
  /** application, service principal or role, as the source names it */
  readonly id: string | undefined;
  /** how to show it: `CLINIC\svc-rmm`, a sign-in name, an ARN */
  readonly label: string | undefined;
  /** Windows' own accounts, machines and nobody */
  readonly system: boolean;
  /** `dn`: the event gives a distinguished name, whose first part need not be the account's name */
  readonly written?: 'name' | 'dn';
}

const NOBODY: Principal = { name: undefined, sid: undefined, id: undefined, label: undefined, system: true };
/** OCSF classes in which `user` is who signs in and `actor` only asked for it. */
const SIGN_IN: ReadonlySet<number> = new Set([3002, 4014]);
/** Class in which `user` is who something is done to: never who acts. */
const ACCOUNT_CHANGE = new Set([3001, 3005, 3006]);

/**
 * The account that acts. In a sign-in that is `user` (4624's target account), in everything else `actor.user`; where that is Windows itself
 * or absent, the other one counts, except in a change of an account, where `user` is the one being changed.
 */
export function principalOf(facts: Facts): Principal {
  const signIn = SIGN_IN.has(facts.class.class_uid);
  const first = read(facts, signIn ? 'user' : 'actor.user');
  if (!first.system) return first;
  if (ACCOUNT_CHANGE.has(facts.class.class_uid)) return first;
  const second = read(facts, signIn ? 'actor.user' : 'user');
  return second.system && first.label !== undefined ? first : second;
}

/** The account that something is done to (created, enabled, added to a group), in a change of an account. */
export function objectOf(facts: Facts): Principal {
  return read(facts, 'user');
}

function read(facts: Facts, prefix: 'user' | 'actor.user'): Principal {
  const { values } = facts;
  const given = values[`${prefix}.name` as NormalPath];
  const dn = given === undefined ? undefined : fromDistinguished(given);
  const text = dn ?? given;
  const uid = values[`${prefix}.uid` as NormalPath];
  const app = prefix === 'actor.user' || text === undefined ? values['actor.app_uid'] : undefined;
  const sid = uid !== undefined && /^S-1-\d/i.test(uid) ? uid.toUpperCase() : undefined;
  const id = (sid === undefined ? uid : undefined) ?? app;
  const name =
    text === undefined || text === '-' ? undefined : accountName(text, values[`${prefix}.domain` as NormalPath]);
  if (name === undefined && sid === undefined && id === undefined) return NOBODY;
  const system =
    name === undefined ? sid !== undefined && isSystemAccount({ user: 'x' }, sid) : isSystemAccount(name, sid);
  return {
    name,
    sid,
    id,
    label: label(text, values[`${prefix}.domain` as NormalPath]) ?? id ?? sid,
    system,
    written: dn === undefined ? 'name' : 'dn',
  };
}

/** `CN=healthmon,CN=Users,DC=clinic,DC=example` (RFC 4514) as `clinic.example\healthmon`; undefined for other texts. */
function fromDistinguished(text: string): string | undefined {
  const common = /^CN=((?:[^,\\]|\\.){1,256})(?=,|$)/i.exec(text)?.[1];
  if (common === undefined) return undefined;
  const domain = [...text.slice(0, 2_000).matchAll(/,DC=([^,=]{1,63})/gi)].map((part) => part[1]).join('.');
  return `${domain === '' ? '' : `${domain}\\`}${common.replace(/\\(.)/g, '$1')}`;
}

function label(name: string | undefined, domain: string | undefined): string | undefined {
  if (name === undefined || name === '' || name === '-') return undefined;
  return domain === undefined || domain === '' || domain === '-' || /[\\@]/.test(name) || name.startsWith('arn:')
    ? name
    : `${domain}\\${name}`;
}
