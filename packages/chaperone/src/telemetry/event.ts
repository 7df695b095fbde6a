import type { EventAccess, Offer } from '@chaperone/sigma';

export type { Offer } from '@chaperone/sigma';

/** The attributes of the normal form that a source field can fill, in OCSF's names. */
export type NormalPath =
  | 'actor.user.name'
  | 'actor.user.domain'
  | 'actor.user.uid'
  | 'actor.session.uid'
  | 'actor.app_uid'
  | 'user.name'
  | 'user.domain'
  | 'user.uid'
  | 'group.name'
  | 'group.uid'
  | 'src_endpoint.ip'
  | 'src_endpoint.port'
  | 'src_endpoint.hostname'
  | 'src_endpoint.assigned_ip'
  | 'dst_endpoint.ip'
  | 'dst_endpoint.port'
  | 'dst_endpoint.hostname'
  | 'device.hostname'
  | 'process.file.path'
  | 'process.cmd_line'
  | 'process.original_file_name'
  | 'process.parent_process.file.path'
  | 'process.parent_process.cmd_line'
  | 'process.hashes'
  | 'process.signer'
  | 'file.path'
  | 'file.hashes'
  | 'reg_key.path'
  | 'service.name'
  | 'service.cmd_line'
  | 'dns.query'
  | 'url'
  | 'email'
  | 'mutex'
  | 'auth.type'
  | 'auth.protocol'
  | 'auth.factor'
  | 'traffic.bytes_in'
  | 'traffic.bytes_out'
  | 'cloud.account.uid'
  | 'cloud.app.uid'
  | 'cloud.home_tenant.uid'
  | 'share'
  | 'certificate.serial'
  | 'ticket.uid'
  | 'tool';

/** A source field and the normal attribute it fills. The first role whose value is present and not empty (or `-`) wins. */
export interface Role {
  readonly field: string;
  readonly as: NormalPath;
}

export type Outcome = 'success' | 'failure' | 'unknown';

/**
 * What kind of event this is: decided from a few key fields (provider, channel, event id; event name; message id), and
 * interned, so that equal kinds are the same object and everything worked out for one is worked out once.
 */
export interface EventClass {
  /** e.g. `windows/Security/Microsoft-Windows-Security-Auditing/4624` */
  readonly key: string;
  readonly format: string;
  readonly offers: readonly Offer[];
  /** OCSF class: 3002 Authentication, 3001 Account Change, 1007 Process Activity, 4001 Network Activity, 6003 API Activity, 0 Base Event ... */
  readonly class_uid: number;
  /** OCSF activity in a word or two, e.g. `Logon`, `Launch` */
  readonly activity: string;
  readonly roles: readonly Role[];
  /** absent: unknown */
  outcome?(event: EventAccess): Outcome;
  /**
   * Fields that rules ask for and that the source states in parts, or otherwise spelled: `get(field)` answers them where the
   * source has no field of that name. Whoever reads values without `get` (compiled access) applies them himself.
   */
  readonly derived?: Readonly<Record<string, Derived>>;
  /**
   * Present where one more field decides what the event is (Sysmon 12 creates or deletes a key by its `EventType`):
   * `by(value of field)` gives the class to go on with, itself interned and without `refine`. Left out, the class offers the
   * event to all it may be.
   */
  readonly refine?: { readonly field: string; by(value: unknown): EventClass };
}

/** A value made from other fields of the same event; `undefined` where they don't say it. An array means any of its elements. */
export interface Derived {
  readonly from: readonly string[];
  make(values: readonly unknown[]): unknown;
}

/** Where an event stood: enough to find its raw bytes again. */
export interface Place {
  readonly file: string;
  /** line number (1-based), EVTX record id, or index in a document */
  readonly record: number;
  /** byte offset in the (unpacked) file where known */
  readonly offset?: number;
}

/** One decoded event. Times are microseconds since 1970 UTC; `undefined` where the source states none. */
export interface LogEvent extends EventAccess {
  readonly class: EventClass;
  readonly time: number | undefined;
  readonly place: Place;
  /** the source's own fields as a plain object; built on demand for EVTX */
  fields(): Readonly<Record<string, unknown>>;
  /** the raw text, or a faithful rendering of a binary record */
  raw(): string;
}

/** Something that could not be read. The rest goes on unless `stop`. */
export interface Unread {
  readonly kind: 'unread';
  readonly code: string;
  readonly message: string;
  readonly mend: string;
  readonly file: string;
  readonly record?: number;
  readonly offset?: number;
  /** how many records this stands for, where known; 1 otherwise */
  readonly records?: number;
  /** true: nothing more can be read from this file */
  readonly stop?: boolean;
}
