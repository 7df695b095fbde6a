import { BinXmlParser } from './binxml.ts';
import { canonicalCopy, canonicalHash, canonicalise, isCanonical } from './canonical.ts';
import { DamagedRecord } from './issue.ts';
import type { Node } from './node.ts';
import type { SlotTable } from './slot-table.ts';

/** A template definition, the same object wherever the same definition stands. */
export interface Template {
  /** unique in this process */
  readonly id: number;
  readonly nodes: readonly Node[];
}

/** Bytes of a definition before its BinXML: next definition, GUID, length. */
export const DEFINITION_HEAD = 24;

const XML_NAME = /^[\p{L}_][\p{L}\p{N}_.:-]*$/u;

/**
 * Beyond this many bytes of canonical definitions the store begins anew: hostile files can make them
 * without end. A real definition takes two to four thousand. */
const MAX_STORED = 6 << 20;

interface Stored {
  readonly template: Template;
  readonly canonical: Buffer;
}

const stored = new Map<number, Stored[]>();
/** by the first four bytes of the GUID, which an instance repeats: the last template seen with it */
const byMark = new Map<number, Template>();
let storedBytes = 0;
let nextId = 1;

/**
 * The template whose definition stands at `at`. Definitions that differ only in where their names lie are the same:
 * the tokens are written out with the characters of the names, without lengths, and looked up in full. The GUID isn't
 * trusted, since a hostile file can give two definitions the same.
 *
 * @param at the definition's head in the buffer
 * @param base start of its chunk
 * @param limit end of its chunk
 * @throws {DamagedRecord}
 */
export function templateAt(bytes: Buffer, view: DataView, at: number, base: number, limit: number): Template {
  if (at < base || at + DEFINITION_HEAD > limit) throw new DamagedRecord('A template lies outside of the chunk.', at);
  const start = at + DEFINITION_HEAD;
  const end = start + view.getUint32(at + 20, true);
  if (end > limit) throw new DamagedRecord('A template reaches beyond the chunk.', at);
  const units = canonicalise(bytes, view, start, end, base, limit, undefined);
  const known = find(units);
  if (known !== undefined) return known;
  // parsing may throw, and then nothing is kept
  const template: Template = { id: nextId++, nodes: parse(bytes, view, start, end, base, limit) };
  keep(template, units);
  // names may be overwritten where records are carved: such a template must not be taken for another's
  if (units >= 0 && template.nodes.every(isNamedWell)) byMark.set(view.getUint32(at + 4, true), template);
  return template;
}

/**
 * The template that a record without one amounts to: its elements, with a slot wherever it holds a value. So records of
 * a kind share a layout there too. Their values are noted in `table`. Names, the text of attributes called `Name` and
 * namespaces stay part of the template. Undefined for a record that holds more than elements and values.
 *
 * @throws {DamagedRecord}
 */
export function inlineTemplate(
  bytes: Buffer,
  view: DataView,
  start: number,
  end: number,
  base: number,
  limit: number,
  table: SlotTable,
): Template | undefined {
  table.count = 0;
  const units = canonicalise(bytes, view, start, end, base, limit, table);
  if (units < 0) return undefined;
  const known = find(units);
  if (known !== undefined) return known;
  const parser = new BinXmlParser(bytes, view, base, limit, 'inline', () => {
    throw new DamagedRecord('An instance was not expected here.', start);
  });
  const template: Template = { id: nextId++, nodes: parser.parse(start, end) };
  keep(template, units);
  return template;
}

/** The template of the canonical form that was written last. */
function find(units: number): Template | undefined {
  if (units < 0) return undefined;
  const bucket = stored.get(canonicalHash());
  if (bucket === undefined) return undefined;
  for (const { template, canonical } of bucket) if (isCanonical(canonical, units)) return template;
  return undefined;
}

/**
 * The template of a carved instance. Where its definition was overwritten by another's, a definition with the same mark
 * that was seen elsewhere takes its place; where none was, the record can't be told.
 *
 * @param mark what the instance says are the first four bytes of its template's GUID
 * @throws {DamagedRecord}
 */
export function carvedTemplate(
  bytes: Buffer,
  view: DataView,
  at: number,
  base: number,
  limit: number,
  mark: number,
): Template {
  if (at + DEFINITION_HEAD <= limit && view.getUint32(at + 4, true) === mark) {
    try {
      const found = templateAt(bytes, view, at, base, limit);
      // the definition may stand while names that it refers to were overwritten
      if (found.nodes.every(isNamedWell)) return found;
    } catch (error) {
      if (!(error instanceof DamagedRecord)) throw error;
    }
  }
  const template = byMark.get(mark);
  if (template === undefined) throw new DamagedRecord('The template of a carved record was overwritten.', at);
  return template;
}

function isNamedWell(node: Node): boolean {
  if (node.kind !== 'element') return true;
  const names = [node.name, ...node.attributes.map((attribute) => attribute.name)];
  return names.every((name) => XML_NAME.test(name)) && node.children.every(isNamedWell);
}

function keep(template: Template, units: number): void {
  if (units < 0) return;
  if (storedBytes + units * 2 > MAX_STORED) {
    stored.clear();
    byMark.clear();
    storedBytes = 0;
  }
  storedBytes += units * 2;
  const entry = { template, canonical: canonicalCopy(units) };
  const bucket = stored.get(canonicalHash());
  if (bucket) bucket.push(entry);
  else stored.set(canonicalHash(), [entry]);
}

function parse(bytes: Buffer, view: DataView, start: number, end: number, base: number, limit: number): Node[] {
  const parser = new BinXmlParser(bytes, view, base, limit, 'definition', (place) => {
    throw new DamagedRecord('A template holds an instance of a template.', place, 'record-too-complex');
  });
  return parser.parse(start, end);
}
