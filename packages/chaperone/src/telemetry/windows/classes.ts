import type { Offer } from '@chaperone/sigma';
import type { EventClass } from '../event.ts';
import { type Category, type Kind, kindOf } from './categories.ts';
import { belongs, channelOf, providerOf } from './channel.ts';
import { meaningOf } from './meaning.ts';

/**
 * Classes made for kinds that nothing here knows by name. Provider names come out of logs that an attacker may write; past
 * this many, unknown kinds of a channel share one class.
 */
const MAX_UNKNOWN = 8192;
/** Longest provider or channel name that becomes part of a key; Windows's own limit is 255. */
const MAX_NAME = 255;

const byKey = new Map<string, EventClass>();
const remembered = new Map<string, Map<string, Map<number, EventClass>>>();
let rememberedNames = 0;
let unknown = 0;

/**
 * The class of a Windows event: what it is offered as to rules, and what its fields mean. Provider and channel decide, the
 * event id only within them; names are compared without case. Interned: equal kinds are the same object, however spelled.
 *
 * A missing provider or channel is worked out from the other one where Windows leaves no choice. The id may carry the
 * qualifiers in its upper half (`EventLog` APIs write it so).
 *
 * @param provider `System/Provider/@Name`, or `@EventSourceName` where that is all there is; empty if unknown
 * @param channel `System/Channel`; empty if unknown
 */
export function windowsClass(provider: string, channel: string, eventId: number | string): EventClass {
  const id = idOf(eventId);
  let channels = remembered.get(provider);
  if (channels === undefined) {
    if (rememberedNames > MAX_UNKNOWN) forget();
    rememberedNames += 1;
    channels = new Map();
    remembered.set(flat(provider), channels);
  }
  let ids = channels.get(channel);
  if (ids === undefined) {
    rememberedNames += 1;
    ids = new Map();
    channels.set(flat(channel), ids);
  }
  let found = ids.get(id);
  if (found === undefined) {
    found = make(provider, channel, id);
    if (ids.size > 4096) ids.clear();
    ids.set(id, found);
  }
  return found;
}

function idOf(eventId: number | string): number {
  const id = typeof eventId === 'number' ? eventId : Number(eventId);
  if (!Number.isInteger(id)) return -1;
  return id > 0xffff || id < 0 ? id & 0xffff : id;
}

/** Only short cuts go; the classes themselves stay interned by their keys. */
function forget(): void {
  remembered.clear();
  rememberedNames = 0;
}

/** A name cut from a line would keep the whole line alive; a round trip makes a string of its own. */
function flat(name: string): string {
  return Buffer.from(name).toString();
}

function make(provider: string, channel: string, id: number): EventClass {
  const stated = provider.trim().toLowerCase();
  const place = channelOf(channel.slice(0, MAX_NAME), stated, id);
  const source = stated === '' ? providerOf(place.name, id) : stated;
  const kind = belongs(place.name, source) ? kindOf(source, id) : undefined;
  const services = belongs(place.name, source) ? place.services : [];
  const meaning = meaningOf(source, place.name, id);
  if (kind === undefined && meaning.class_uid === 0) {
    // Nothing known by name: its key is bounded in number and length
    if (unknown >= MAX_UNKNOWN || provider.length > MAX_NAME) {
      return intern(`windows/${services.length > 0 ? place.name : '*'}/*/*`, services, undefined, meaning);
    }
    unknown += 1;
  }
  return intern(`windows/${place.name}/${spelled(source, provider)}/${id < 0 ? '*' : id}`, services, kind, meaning);
}

const spellings = new Map<string, string>();

/** One spelling for a provider: the one that came first. */
function spelled(source: string, provider: string): string {
  const known = spellings.get(source);
  if (known !== undefined) return known;
  const name = flat(provider.trim() === '' ? source : provider.trim().slice(0, MAX_NAME));
  if (spellings.size < MAX_UNKNOWN) spellings.set(source, name);
  return name;
}

type Meaning = ReturnType<typeof meaningOf>;

function intern(key: string, services: readonly string[], kind: Kind | undefined, meaning: Meaning): EventClass {
  const lower = key.toLowerCase();
  const known = byKey.get(lower);
  if (known !== undefined) return known;
  const categories = kind?.categories ?? [];
  const made = classOf(key, services, categories, kind, meaning);
  const refined = kind?.refine === undefined ? made : { ...made, refine: refinement(key, services, kind, meaning) };
  byKey.set(lower, refined);
  return refined;
}

function refinement(key: string, services: readonly string[], kind: Kind, meaning: Meaning): EventClass['refine'] {
  const { field, of, otherwise } = kind.refine!;
  const classes = new Map<string, EventClass>();
  const only = (names: readonly string[] | undefined) => {
    const kept = kind.categories.filter(({ category }) => names === undefined || names.includes(category));
    const name = `${key}/${kept.map(({ category }) => category).join('+') || 'other'}`;
    let made = byKey.get(name.toLowerCase());
    if (made === undefined) {
      made = classOf(name, services, kept, kind, meaning);
      byKey.set(name.toLowerCase(), made);
    }
    return made;
  };
  for (const [value, names] of Object.entries(of)) classes.set(value, only(names));
  const other = only(otherwise);
  return { field, by: (value) => classes.get(String(value).toLowerCase()) ?? other };
}

function classOf(
  key: string,
  services: readonly string[],
  categories: readonly Category[],
  kind: Kind | undefined,
  meaning: Meaning,
): EventClass {
  return {
    key,
    format: 'windows',
    offers: offersOf(services, categories),
    class_uid: meaning.class_uid,
    activity: meaning.activity,
    roles: meaning.roles,
    ...(meaning.outcome === undefined ? {} : { outcome: meaning.outcome }),
    ...(kind?.derived === undefined ? {} : { derived: kind.derived }),
  };
}

/** As few offers as say it all: a rule that states only the product is then bound once, not once for each. */
function offersOf(services: readonly string[], categories: readonly Category[]): readonly Offer[] {
  const offers: Offer[] = services.map((service) => ({ product: 'windows', service }));
  for (const { category, fields, product = 'windows' } of categories) {
    const first = offers[0];
    if (fields === undefined && first?.service !== undefined && first.category === undefined && product === 'windows') {
      offers[0] = { ...first, category };
    } else offers.push({ product, category, ...(fields === undefined ? {} : { fields }) });
  }
  return offers.length > 0 ? offers : [{ product: 'windows' }];
}
