import type { EventAccess } from '@chaperone/sigma';
import type { NormalPath, Outcome, Role } from '../event.ts';
import { EVENTLOG, SECURITY, SYSMON } from './channel.ts';
import { OTHER_MEANINGS } from './meaning-other.ts';
import { SECURITY_MEANINGS } from './meaning-security.ts';
import { SYSMON_MEANINGS } from './meaning-sysmon.ts';
import { failed, succeeded } from './outcome.ts';

/**
 * What an event means in OCSF's words.
 *
 * Who is who: `actor` is whoever acted; `user` is the account that it is about. Where somebody signs in, both are the
 * account that signs in (OCSF calls it `user`, attribution asks for the actor), and not the service that asked for the
 * logon, which is what Windows calls the Subject of a 4624. With explicit credentials (4648) the actor is the Subject and the
 * user the account whose credentials it used.
 */
export interface Meaning {
  readonly class_uid: number;
  readonly activity: string;
  readonly roles: readonly Role[];
  readonly outcome?: (event: EventAccess) => Outcome;
}

/** Field names for normal attributes, best first, as the tables write them. */
export type Fields = Readonly<Partial<Record<NormalPath, string | readonly string[]>>>;

/** One line of a table. `outcome` is a constant or worked out. */
export interface MeaningLine {
  readonly class_uid: number;
  readonly activity: string;
  readonly fields: Fields;
  readonly outcome?: 'success' | 'failure' | ((event: EventAccess) => Outcome);
}

export type MeaningTable = Readonly<Record<number, MeaningLine>>;

const HOST: Role = { field: 'Computer', as: 'device.hostname' };
const NOTHING: Meaning = {
  class_uid: 0,
  activity: 'Other',
  roles: [HOST, { field: 'Security_UserID', as: 'actor.user.uid' }],
};

const tables = new Map<string, MeaningTable>([
  [SECURITY, SECURITY_MEANINGS],
  [SYSMON, SYSMON_MEANINGS],
  ['linux-sysmon', SYSMON_MEANINGS],
  ...Object.entries(OTHER_MEANINGS),
]);
const made = new Map<MeaningLine, Meaning>();

/** The meaning of an event of this provider (lower case); a base event, with only its host, where none is known. */
export function meaningOf(provider: string, channel: string, eventId: number): Meaning {
  // Events of the log service mean what they say only in the log that they are about
  const table = provider === 'eventlog' ? tables.get(EVENTLOG) : tables.get(provider);
  const line = table !== undefined && Object.hasOwn(table, eventId) ? table[eventId] : undefined;
  if (line === undefined || (provider === SECURITY && channel !== 'Security')) return NOTHING;
  let meaning = made.get(line);
  if (meaning === undefined) {
    meaning = meaningFrom(line);
    made.set(line, meaning);
  }
  return meaning;
}

function meaningFrom(line: MeaningLine): Meaning {
  const roles: Role[] = [];
  for (const [as, fields] of Object.entries(line.fields)) {
    for (const field of typeof fields === 'string' ? [fields] : fields) roles.push({ field, as: as as NormalPath });
  }
  roles.push(HOST);
  const { outcome } = line;
  return {
    class_uid: line.class_uid,
    activity: line.activity,
    roles,
    ...(outcome === undefined
      ? {}
      : { outcome: outcome === 'success' ? succeeded : outcome === 'failure' ? failed : outcome }),
  };
}
