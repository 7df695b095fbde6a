import type { EventAccess, Offer } from '@chaperone/sigma';
import type { EventClass, NormalPath, Outcome, Role } from '../../event.ts';

/** What makes an event class; `roles` in short form: normal attribute to the source fields that may fill it, best first. */
export interface ClassDraft {
  readonly offers: readonly Offer[];
  /** OCSF class, 0 (Base Event) by default */
  readonly class_uid?: number;
  readonly activity?: string;
  readonly roles?: readonly Role[];
  readonly outcome?: Outcome | ((event: EventAccess) => Outcome);
}

/** Names come out of logs that an attacker may write: past this many kinds a table answers with one common class. */
const MAX_CLASSES = 4096;
const MAX_KEY = 160;

/**
 * The classes of one format, interned by key: equal kinds are the same object. A key that is too long, or one too many,
 * gets the class of `*`, so that hostile names can't fill the memory.
 */
export class ClassTable {
  readonly #format: string;
  readonly #draft: (key: string) => ClassDraft;
  readonly #classes = new Map<string, EventClass>();
  #common: EventClass | undefined;

  constructor(format: string, draft: (key: string) => ClassDraft) {
    this.#format = format;
    this.#draft = draft;
  }

  of(key: string): EventClass {
    const known = this.#classes.get(key);
    if (known !== undefined) return known;
    if (key.length > MAX_KEY || this.#classes.size >= MAX_CLASSES) {
      this.#common ??= eventClass(this.#format, '*', this.#draft('*'));
      return this.#common;
    }
    const made = eventClass(this.#format, key, this.#draft(key));
    // A key cut out of a line would keep that whole line alive; the round trip through an array makes it flat.
    this.#classes.set(Array.from(key).join(''), made);
    return made;
  }
}

/** Makes one class; its key is `format/key`. */
export function eventClass(format: string, key: string, draft: ClassDraft): EventClass {
  const { outcome } = draft;
  return {
    key: key === '' ? format : `${format}/${key}`,
    format,
    offers: draft.offers,
    class_uid: draft.class_uid ?? 0,
    activity: draft.activity ?? 'Other',
    roles: withActor(draft.class_uid ?? 0, draft.roles ?? []),
    ...(outcome === undefined ? {} : { outcome: typeof outcome === 'function' ? outcome : () => outcome }),
  };
}

/** Where somebody signs in (3002) or opens a tunnel (4014) and no other actor is named, the actor is that account. */
function withActor(classUid: number, own: readonly Role[]): readonly Role[] {
  if (classUid !== 3002 && classUid !== 4014) return own;
  const actors: Role[] = [];
  for (const { field, as } of own) {
    if (as === 'user.name' || as === 'user.uid' || as === 'user.domain') actors.push({ field, as: `actor.${as}` });
  }
  return [...own, ...actors];
}

/** Roles from their short form: `{ 'user.name': ['user', 'suser'] }`. */
export function roles(short: Readonly<Partial<Record<NormalPath, string | readonly string[]>>>): readonly Role[] {
  const list: Role[] = [];
  for (const [as, fields] of Object.entries(short) as [NormalPath, string | readonly string[]][]) {
    for (const field of typeof fields === 'string' ? [fields] : fields) list.push({ field, as });
  }
  return list;
}
