import { SaxesParser, type SaxesTagPlain } from 'saxes';
import type { LogEvent, Place, Unread } from '../../event.ts';
import type { Format } from '../../format.ts';
import { inert, unread } from '../../unread.ts';
import { isObject, type Json } from './json-object.ts';
import { treeEvent } from './windows-tree.ts';

/** `<Event>` elements of `wevtutil qe /f:xml`, of the Event Viewer's "Save as XML" and of PowerShell's `ToXml()`. */
export const windowsXml: Format = {
  name: 'windows-xml',
  title: 'Windows events as XML (wevtutil, Event Viewer, PowerShell)',
  framing: 'xml',
  recognise(text) {
    return /<(?:\w+:)?System[\s>]/.test(text) && /<(?:\w+:)?EventID[\s>]/.test(text) ? 0.95 : 0;
  },
  decode(text: string, _json: Json | undefined, place: Place): LogEvent | Unread | undefined {
    let event: Json;
    try {
      event = parseElement(text);
    } catch (error) {
      const why = inert(error instanceof Error ? error.message : String(error), 200);
      return unread(
        'xml_invalid',
        place.file,
        `is no well-formed XML: ${why}`,
        'Look at the place in the file.',
        place,
      );
    }
    if (!isObject(event.System)) {
      const mend = 'Export with wevtutil qe LOG /f:xml.';
      return unread('record_unrecognised', place.file, 'is an <Event> without <System>', mend, place);
    }
    return treeEvent(text, { Event: event }, event, event.System, place);
  },
};

interface Open {
  readonly name: string;
  readonly fields: Record<string, unknown>;
  text: string;
}

/**
 * One element as a tree in the shape of evtx_dump's JSON: child elements by name, attributes under `#attributes`, text under
 * `#text` where there are attributes too, `Data` by its `Name`. Entities beyond XML's five are an error: no DTD gets here.
 */
function parseElement(text: string): Json {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const open: Open[] = [];
  let root: Json = {};
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    open.push({ name: local(tag.name), fields: attributesOf(tag), text: '' });
  });
  parser.on('text', (chunk) => {
    if (open.length > 0) open[open.length - 1].text += chunk;
  });
  parser.on('cdata', (chunk) => {
    if (open.length > 0) open[open.length - 1].text += chunk;
  });
  parser.on('closetag', () => {
    const element = open.pop();
    if (element === undefined) return;
    const value = contentOf(element);
    if (open.length === 0) root = isObject(value) ? value : {};
    else add(open[open.length - 1].fields, element, value);
  });
  parser.write(text).close();
  return root;
}

function attributesOf(tag: SaxesTagPlain): Record<string, unknown> {
  const fields: Record<string, unknown> = Object.create(null);
  const names = Object.keys(tag.attributes);
  if (names.length > 0) {
    const attributes: Record<string, unknown> = Object.create(null);
    for (const name of names) attributes[name] = tag.attributes[name];
    fields['#attributes'] = attributes;
  }
  return fields;
}

function contentOf(element: Open): unknown {
  const keys = Object.keys(element.fields);
  if (keys.length === 0) return element.text;
  const content = element.text.trim() === '' ? '' : element.text;
  if (element.name === 'Data' && keys.length === 1 && nameAttribute(element) !== undefined) return element.text;
  return content === '' ? element.fields : { ...element.fields, '#text': element.text };
}

function nameAttribute(element: Open): string | undefined {
  const attributes = element.fields['#attributes'] as Record<string, unknown> | undefined;
  return typeof attributes?.Name === 'string' ? attributes.Name : undefined;
}

/** Repeated names become a list. */
function add(parent: Record<string, unknown>, element: Open, value: unknown): void {
  const name = (element.name === 'Data' ? nameAttribute(element) : undefined) ?? element.name;
  const before = parent[name];
  if (before === undefined) parent[name] = value;
  else if (Array.isArray(before)) before.push(value);
  else parent[name] = [before, value];
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}
