import { BinXmlParser } from './binxml.ts';
import { DamagedRecord } from './issue.ts';
import type { Node } from './node.ts';

/** A template definition, the same object wherever the same definition stands. */
export interface Template {
  /** unique in this process */
  readonly id: number;
  readonly nodes: readonly Node[];
}

/** Bytes of a definition before its BinXML: next definition, GUID, length. */
export const DEFINITION_HEAD = 24;

const XML_NAME = /^[\p{L}_][\p{L}\p{N}_.:-]*$/u;

/** Beyond this many bytes of canonical definitions the store begins anew: hostile files can make them without end. */
const MAX_STORED = 32 << 20;

interface Stored {
  readonly template: Template;
  readonly canonical: Buffer;
}

const stored = new Map<number, Stored[]>();
/** by the first four bytes of the GUID, which an instance repeats: the last template seen with it */
const byMark = new Map<number, Template>();
let storedBytes = 0;
let nextId = 1;

/** Room for the longest canonical form, in 16-bit units: a definition fits in a chunk, but may repeat a long name. */
const MAX_CANONICAL = 1 << 18;
const scratch = new Uint16Array(MAX_CANONICAL);
const scratchBytes = Buffer.from(scratch.buffer);

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
  const units = canonicalise(bytes, view, start, end, base, limit);
  if (units < 0) return { id: nextId++, nodes: parse(bytes, view, start, end, base, limit) };
  const bucket = stored.get(hash);
  if (bucket) {
    for (const { template, canonical } of bucket) {
      if (canonical.length === units * 2 && scratchBytes.compare(canonical, 0, canonical.length, 0, units * 2) === 0) {
        return template;
      }
    }
  }
  // parsing may throw, and then nothing is kept
  const template: Template = { id: nextId++, nodes: parse(bytes, view, start, end, base, limit) };
  keep({ template, canonical: Buffer.from(scratchBytes.subarray(0, units * 2)) });
  // names may be overwritten where records are carved: such a template must not be taken for another's
  if (template.nodes.every(isNamedWell)) byMark.set(view.getUint32(at + 4, true), template);
  return template;
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

function keep(entry: Stored): void {
  if (storedBytes + entry.canonical.length > MAX_STORED) {
    stored.clear();
    byMark.clear();
    storedBytes = 0;
  }
  storedBytes += entry.canonical.length;
  const bucket = stored.get(hash);
  if (bucket) bucket.push(entry);
  else stored.set(hash, [entry]);
}

function parse(bytes: Buffer, view: DataView, start: number, end: number, base: number, limit: number): Node[] {
  const parser = new BinXmlParser(bytes, view, base, limit, true, (place) => {
    throw new DamagedRecord('A template holds an instance of a template.', place, 'record-too-complex');
  });
  return parser.parse(start, end);
}

/** Hash of what `canonicalise` wrote last; a collision costs a comparison and nothing else. */
let hash = 0;

/**
 * Writes the definition's tokens to `scratch` and gives their number of units, or -1 for what can't be followed (an
 * unknown token, a literal that isn't text): such a template is parsed each time and shared with no other chunk.
 */
function canonicalise(bytes: Buffer, view: DataView, start: number, end: number, base: number, limit: number): number {
  let at = start;
  let out = 0;
  let mixed = 0;
  for (;;) {
    if (at >= end) break;
    if (out + 0x10010 > MAX_CANONICAL) throw new DamagedRecord('A template is too long.', at, 'record-too-complex');
    const token = bytes[at++];
    if (token === 0) break;
    scratch[out++] = token;
    mixed = Math.imul(mixed ^ token, 0x9e3779b1);
    let from = 0;
    let units = 0;
    const plain = token & 0xbf;
    if (plain === 0x01 || plain === 0x06 || plain === 0x09 || plain === 0x0a) {
      if (plain === 0x01) {
        if (at + 10 > end) return -1;
        scratch[out++] = view.getUint16(at, true);
        at += 6;
      } else if (at + 4 > end) return -1;
      const name = base + view.getUint32(at, true);
      at += 4;
      if (name + 8 > limit) throw new DamagedRecord('A name lies outside of the chunk.', at - 4);
      from = name + 6;
      units = 1 + view.getUint16(from, true);
      if (from + units * 2 > limit) throw new DamagedRecord('A name reaches beyond the chunk.', at - 4);
      // a name that stands right here takes its place in the stream, with a NUL after it
      if (name === at) at += 8 + units * 2;
      if (token === 0x41) at += 4;
    } else if (plain === 0x0d || plain === 0x0e) {
      if (at + 3 > end) return -1;
      scratch[out++] = view.getUint16(at, true);
      scratch[out++] = bytes[at + 2];
      mixed = Math.imul(mixed ^ scratch[out - 2], 0x9e3779b1);
      at += 3;
    } else if (plain === 0x05 || plain === 0x07 || plain === 0x0b) {
      if (plain === 0x05 && bytes[at++] !== 0x01) return -1;
      if (at + 2 > end) return -1;
      from = at;
      units = 1 + view.getUint16(at, true);
      at += units * 2;
      if (at > end) return -1;
    } else if (plain === 0x08) {
      if (at + 2 > end) return -1;
      scratch[out++] = view.getUint16(at, true);
      at += 2;
    } else if (plain === 0x0f) at += 3;
    else if (plain < 0x02 || plain > 0x04) return -1;
    for (const to = from + units * 2; from < to; from += 2) {
      const unit = view.getUint16(from, true);
      scratch[out++] = unit;
      mixed = Math.imul(mixed ^ unit, 0x9e3779b1);
    }
  }
  hash = mixed ^ (mixed >>> 15);
  return out;
}
