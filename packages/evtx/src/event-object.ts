import { type Content, type Item, textOf } from './content.ts';
import type { AttributeNode, ElementNode } from './node.ts';

/** A whole event as nested objects: `{ Event: { '#attributes': .., System: {..}, EventData: {..} } }`. */
export type EventObject = Record<string, unknown>;

/**
 * Builds the event of a record. An element is its value, or null where it is empty; with attributes or elements it is an
 * object, its attributes under `#attributes`, its text under `#text`. In EventData and UserData a `<Data Name="X">` is
 * the member `X`, empty it is `''`; several in a row of one name are an array; those without a name are
 * `Data: { '#text': .. }`. Other names that repeat are numbered: `X`, `X_1`. A hostile record that multiplies its
 * values beyond reason is cut and says so: `#cut: true`.
 */
export function eventObject(content: Content): EventObject {
  const event: EventObject = {};
  addMembers(content, event, content.shape.scopes[0], 0, false);
  if (content.cut) put(event, '#cut', true);
  return event;
}

function elementValue(content: Content, element: ElementNode, scope: number, item: Item | undefined): unknown {
  const attributes = attributesOf(content, element.attributes, scope, item);
  const text = content.value(element.children, scope, item);
  if (attributes === undefined && !content.holdsElements(element, scope)) return text === undefined ? null : text;
  const value: EventObject = {};
  if (attributes !== undefined) value['#attributes'] = attributes;
  if (text !== undefined) value['#text'] = text;
  const container = element.name === 'EventData' || element.name === 'UserData';
  const members = addMembers(content, value, element.children, scope, container);
  if (members === 0 && attributes === undefined) return text === undefined ? null : text;
  return value;
}

function attributesOf(
  content: Content,
  attributes: readonly AttributeNode[],
  scope: number,
  item: Item | undefined,
): EventObject | undefined {
  let found: EventObject | undefined;
  for (const { name, parts } of attributes) {
    const value = content.value(parts, scope, item);
    if (value === undefined) continue;
    found ??= {};
    put(found, name, value);
  }
  return found;
}

/** Adds the elements among the nodes as members of `into`; gives their count. */
function addMembers(
  content: Content,
  into: EventObject,
  nodes: ElementNode['children'],
  scope: number,
  container: boolean,
): number {
  let members = 0;
  let unnamed: unknown[] | undefined;
  let unnamedKey = '';
  let lastName: string | undefined;
  let lastKey = '';
  const repeats = new Repeats();
  content.elements(nodes, scope, (element, inner, item) => {
    members++;
    if (container && element.name === 'Data') {
      const value = dataValue(content, element, inner, item);
      const name = nameOf(content, element, inner, item);
      if (name === '') {
        if (unnamed === undefined) {
          unnamed = [];
          // holds the place of the member among the others
          unnamedKey = repeats.key(into, 'Data');
          put(into, unnamedKey, undefined);
        }
        unnamed.push(value);
      } else if (name === lastName) {
        const before = into[lastKey];
        if (Array.isArray(before)) before.push(value);
        else put(into, lastKey, [before, value]);
      } else {
        lastKey = repeats.key(into, name);
        put(into, lastKey, value);
      }
      lastName = name;
      return;
    }
    lastName = undefined;
    put(into, repeats.key(into, element.name), elementValue(content, element, inner, item));
  });
  if (unnamed !== undefined) put(into, unnamedKey, { '#text': unnamed.length === 1 ? unnamed[0] : unnamed });
  return members;
}

function dataValue(content: Content, element: ElementNode, scope: number, item: Item | undefined): unknown {
  if (content.holdsElements(element, scope)) {
    const value: EventObject = {};
    const text = content.value(element.children, scope, item);
    if (text !== undefined) value['#text'] = text;
    return addMembers(content, value, element.children, scope, false) === 0 ? (text ?? '') : value;
  }
  return content.value(element.children, scope, item) ?? '';
}

function nameOf(content: Content, element: ElementNode, scope: number, item: Item | undefined): string {
  if (element.label !== undefined) return element.label;
  for (const { name, parts } of element.attributes) {
    if (name !== 'Name') continue;
    const value = content.value(parts, scope, item);
    return value === undefined ? '' : textOf(value);
  }
  return '';
}

/** Repeats of one name in one element beyond which the counts are kept apart, so that they needn't be tried one by one. */
class Repeats {
  #counts: Map<string, number> | undefined = undefined;

  /** The key of the next member of a name: `X`, then `X_1`, `X_2`. */
  key(into: EventObject, name: string): string {
    if (!Object.hasOwn(into, name)) return name;
    this.#counts ??= new Map();
    let count = this.#counts.get(name) ?? 0;
    let key: string;
    do key = `${name}_${++count}`;
    while (Object.hasOwn(into, key));
    this.#counts.set(name, count);
    return key;
  }
}

/** Sets an own member, whatever its name: `__proto__` is a name like any other. */
function put(into: EventObject, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(into, name, { value, writable: true, enumerable: true, configurable: true });
  } else into[name] = value;
}
