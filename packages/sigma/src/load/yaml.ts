import {
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml';
import { quote, refuse } from '../errors.ts';
import { malformed } from './malformed.ts';
import { resolvePlain } from './scalar.ts';

/**
 * YAML with a place for everything: js-yaml parses the text into events that carry offsets, and this composes them
 * into a small tree. Three things that a generic loader does not give: the place of every key and value, the text as
 * the author wrote it, and a bound on what aliases may expand to. An aliased node is shared, so memory stays small;
 * `size` counts the nodes a walk over it would meet, and the bound is on that.
 */
export type YamlNode = YamlScalar | YamlList | YamlMap;

export interface YamlScalar {
  readonly kind: 'scalar';
  readonly at: number;
  readonly value: string | number | boolean | null;
  /** the text as written, quotes and escapes resolved */
  readonly text: string;
  /** offset where the text stands in the source letter for letter, so a place inside it is a place there; or -1 */
  readonly textAt: number;
  readonly size: 1;
}

export interface YamlList {
  readonly kind: 'list';
  readonly at: number;
  readonly items: readonly YamlNode[];
  readonly size: number;
}

export interface YamlEntry {
  readonly key: string;
  readonly at: number;
  readonly value: YamlNode;
}

export interface YamlMap {
  readonly kind: 'map';
  readonly at: number;
  readonly entries: readonly YamlEntry[];
  readonly size: number;
}

/** Nodes that all aliases of a text may add to what stands there. The largest rule of SigmaHQ has about 3,500 in all. */
const MAX_ALIASED = 100_000;
/** Depth of nesting. */
const MAX_DEPTH = 64;

/**
 * Reads all documents of a text; an empty document is null. `base` is added to every offset.
 * @throws Refused on anything that isn't well-formed, with the place.
 */
export function parseYaml(text: string, base = 0): (YamlNode | null)[] {
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    malformed(error, text, base);
  }
  const composer = new Composer(text, events, base);
  const documents: (YamlNode | null)[] = [];
  while (composer.more()) documents.push(composer.document());
  return documents;
}

class Composer {
  readonly #text: string;
  readonly #events: Event[];
  readonly #base: number;
  #next = 0;
  #last = 0;
  #aliased = 0;
  #anchors = new Map<string, YamlNode | undefined>();

  constructor(text: string, events: Event[], base: number) {
    this.#text = text;
    this.#events = events;
    this.#base = base;
  }

  more(): boolean {
    return this.#next < this.#events.length;
  }

  document(): YamlNode | null {
    this.#next++;
    this.#anchors = new Map();
    let root: YamlNode | null = null;
    while (this.#events[this.#next].type !== EVENT_ID.POP) root = this.#node();
    this.#next++;
    return root !== null && root.kind === 'scalar' && root.value === null ? null : root;
  }

  #node(): YamlNode {
    const event = this.#events[this.#next++];
    switch (event.type) {
      case EVENT_ID.SCALAR: {
        const node = this.#scalar(event);
        if (event.anchorStart >= 0) this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), node);
        return node;
      }
      case EVENT_ID.ALIAS:
        return this.#alias(event.anchorStart, event.anchorEnd);
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        this.#last = event.start;
        this.#checkTag(event.tagStart, event.tagEnd, event.type === EVENT_ID.SEQUENCE ? LIST_TAGS : MAP_TAGS);
        const anchor = event.anchorStart < 0 ? undefined : this.#text.slice(event.anchorStart, event.anchorEnd);
        if (anchor !== undefined) this.#anchors.set(anchor, undefined);
        const node = event.type === EVENT_ID.SEQUENCE ? this.#list(event.start) : this.#map(event.start);
        if (anchor !== undefined) this.#anchors.set(anchor, node);
        return node;
      }
      default:
        throw new TypeError(`unexpected YAML event ${event.type}`);
    }
  }

  #list(start: number): YamlList {
    const items: YamlNode[] = [];
    let size = 1;
    while (this.#events[this.#next].type !== EVENT_ID.POP) {
      const item = this.#node();
      items.push(item);
      size += item.size;
    }
    this.#next++;
    return { kind: 'list', at: this.#base + start, items, size };
  }

  #map(start: number): YamlMap {
    const entries: YamlEntry[] = [];
    let merged: YamlNode[] | undefined;
    let size = 1;
    const seen = new Set<string>();
    while (this.#events[this.#next].type !== EVENT_ID.POP) {
      const plain = this.#nextIsPlain();
      const key = this.#node();
      if (key.kind !== 'scalar') {
        refuse('yaml-key', key.at, 'a key is a list or a map here', 'use plain text as the key');
      }
      const value = this.#node();
      if (plain && key.text === '<<') {
        merged ??= [];
        merged.push(value);
        continue;
      }
      if (seen.has(key.text)) {
        refuse(
          'yaml-duplicate-key',
          key.at,
          `the key ${quote(key.text)} stands twice in this map; YAML would keep only one of them`,
          'give the second one another name, or join the two',
        );
      }
      seen.add(key.text);
      entries.push({ key: key.text, at: key.at, value });
      size += value.size + 1;
    }
    this.#next++;
    if (merged !== undefined) size += mergeInto(entries, seen, merged);
    return { kind: 'map', at: this.#base + start, entries, size };
  }

  #nextIsPlain(): boolean {
    const event = this.#events[this.#next];
    return event.type === EVENT_ID.SCALAR && event.style === SCALAR_STYLE.PLAIN;
  }

  #alias(start: number, end: number): YamlNode {
    const name = this.#text.slice(start, end);
    const node = this.#anchors.get(name);
    this.#last = start;
    if (node !== undefined) {
      this.#aliased += node.size;
      if (this.#aliased > MAX_ALIASED) {
        const message = `the aliases up to here expand to more than ${MAX_ALIASED} nodes`;
        refuse(
          'yaml-bomb',
          this.#base + start,
          message,
          'write the values out instead of repeating aliases of aliases',
        );
      }
      return node;
    }
    const encloses = this.#anchors.has(name);
    refuse(
      'yaml-alias',
      this.#base + start,
      encloses ? `the alias ${quote(name)} stands inside its own anchor` : `no anchor is named ${quote(name)}`,
      'name an anchor that is complete before this place',
    );
  }

  #scalar(event: ScalarEvent): YamlScalar {
    const { valueStart, valueEnd, style } = event;
    if (valueStart < 0) {
      const tag = this.#checkTag(event.tagStart, event.tagEnd, SCALAR_TAGS);
      const value = tag === '!!str' || tag === '!' ? '' : null;
      return { kind: 'scalar', at: this.#base + this.#last, value, text: '', textAt: -1, size: 1 };
    }
    const plain = style === SCALAR_STYLE.PLAIN;
    const quoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
    const text = event.fast ? this.#text.slice(valueStart, valueEnd) : getScalarValue(this.#text, event);
    this.#last = valueStart;
    const at = this.#base + valueStart;
    const tag = event.tagStart < 0 ? undefined : this.#checkTag(event.tagStart, event.tagEnd, SCALAR_TAGS);
    const asText = tag === '!!str' || tag === '!' || (!plain && tag === undefined);
    const value = asText ? text : resolvePlain(text);
    const textAt = event.fast && (plain || quoted) ? at : -1;
    return { kind: 'scalar', at: quoted ? at - 1 : at, value, text, textAt, size: 1 };
  }

  #checkTag(start: number, end: number, allowed: ReadonlySet<string>): string | undefined {
    if (start < 0) return undefined;
    const tag = this.#text.slice(start, end);
    if (allowed.has(tag)) return tag;
    refuse('yaml-tag', this.#base + start, `the YAML tag ${quote(tag)} has no meaning here`, 'leave the tag out');
  }
}

const SCALAR_TAGS = new Set(['!', '!!str', '!!int', '!!float', '!!bool', '!!null']);
const LIST_TAGS = new Set(['!', '!!seq']);
const MAP_TAGS = new Set(['!', '!!map']);

/** YAML 1.1's merge key, which PyYAML (so pySigma) honours: keys of the map itself win. Returns the size added. */
function mergeInto(entries: YamlEntry[], seen: Set<string>, merged: readonly YamlNode[]): number {
  let size = 0;
  const maps = merged.flatMap((node) => (node.kind === 'list' ? node.items : [node]));
  for (const map of maps) {
    if (map.kind !== 'map') {
      refuse('yaml-key', map.at, 'the merge key `<<` needs a map or a list of maps', 'merge a map, or quote the key');
    }
    for (const entry of map.entries) {
      if (seen.has(entry.key)) continue;
      seen.add(entry.key);
      entries.push(entry);
      size += entry.value.size + 1;
    }
  }
  return size;
}
