import type { Offer } from '@chaperone/sigma';
import type { EventClass, Outcome, Place, Role } from '../../event.ts';
import { eventClass } from '../event/class-table.ts';
import { Shape } from '../event/shape.ts';
import { ShapedEvent } from '../event/shaped-event.ts';
import type { Envelope } from '../syslog/envelope.ts';
import { type Template, template } from './template.ts';

/** One kind of message a program writes. */
export interface Message {
  /** last part of the class key */
  readonly key: string;
  /** templates, tried in order; see text/template.ts */
  readonly patterns: readonly string[];
  readonly class_uid?: number;
  readonly activity?: string;
  readonly outcome?: Outcome;
  /** values that the message implies, e.g. `auth.protocol` */
  readonly constants?: Readonly<Record<string, string>>;
  readonly offers?: readonly Offer[];
  readonly roles?: readonly Role[];
}

/** What the messages of one program share. */
export interface MessageDefaults {
  readonly format: string;
  readonly offers: readonly Offer[];
  readonly roles: readonly Role[];
  readonly constants?: Readonly<Record<string, string>>;
}

interface Entry {
  readonly template: Template;
  readonly shape: Shape;
  readonly class: EventClass;
}

/** The messages of one program, found by their first character and then by template. */
export class MessageTable {
  readonly #byFirst = new Map<number, Entry[]>();
  /** templates that start with a part: tried after the others */
  readonly #any: Entry[] = [];

  constructor(defaults: MessageDefaults, messages: readonly Message[]) {
    for (const message of messages) {
      const kind = eventClass(defaults.format, message.key, {
        offers: message.offers ?? defaults.offers,
        roles: [...(message.roles ?? []), ...defaults.roles],
        class_uid: message.class_uid,
        activity: message.activity,
        outcome: message.outcome,
      });
      for (const pattern of message.patterns) this.#add(pattern, kind, { ...defaults.constants, ...message.constants });
    }
  }

  #add(pattern: string, kind: EventClass, constants: Readonly<Record<string, string>>): void {
    const compiled = template(pattern);
    const entry = { template: compiled, shape: new Shape(compiled.names, {}, constants), class: kind };
    if (pattern.startsWith('{')) {
      this.#any.push(entry);
      return;
    }
    const first = pattern.charCodeAt(0);
    const list = this.#byFirst.get(first);
    if (list === undefined) this.#byFirst.set(first, [entry]);
    else list.push(entry);
  }

  /** @param from where in `text` the message starts; `raw` is the whole line */
  decode(
    text: string,
    from: number,
    time: number | undefined,
    place: Place,
    raw: string,
    envelope?: Envelope,
  ): ShapedEvent | undefined {
    const entries = this.#byFirst.get(text.charCodeAt(from)) ?? this.#any;
    return (
      decodeOne(entries, text, from, time, place, raw, envelope) ??
      (entries === this.#any ? undefined : decodeOne(this.#any, text, from, time, place, raw, envelope))
    );
  }
}

function decodeOne(
  entries: readonly Entry[],
  text: string,
  from: number,
  time: number | undefined,
  place: Place,
  raw: string,
  envelope: Envelope | undefined,
): ShapedEvent | undefined {
  for (let index = 0; index < entries.length; index += 1) {
    const entry = entries[index];
    const values = entry.template.match(text, from);
    if (values !== undefined) return new ShapedEvent(entry.class, time, place, raw, entry.shape, values, envelope);
  }
  return undefined;
}
