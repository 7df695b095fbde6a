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

/** Beyond this many bytes of canonical definitions the store begins anew: hostile files can make them without end. */
const MAX_STORED = 32 << 20;

interface Stored {
  readonly template: Template;
  readonly canonical: Buffer;
}

const stored = new Map<number, Stored[]>();
let storedBytes = 0;
let nextId = 1;

/** Room for the longest canonical form: a definition fits in a chunk, but may name the same long name often. */
const MAX_CANONICAL = 1 << 19;
const scratch = Buffer.allocUnsafe(MAX_CANONICAL);

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
  const length = canonicalise(bytes, view, start, end, base, limit);
  if (length < 0) return { id: nextId++, nodes: parse(bytes, view, start, end, base, limit) };
  let hash = 0;
  for (let index = 0; index < length; index++) hash = (Math.imul(hash, 31) + scratch[index]) | 0;
  const bucket = stored.get(hash);
  if (bucket) {
    for (const { template, canonical } of bucket) {
      if (canonical.length === length && scratch.compare(canonical, 0, length, 0, length) === 0) return template;
    }
  }
  const template: Template = { id: nextId++, nodes: parse(bytes, view, start, end, base, limit) };
  keep(hash, { template, canonical: Buffer.from(scratch.subarray(0, length)) });
  return template;
}

function keep(hash: number, entry: Stored): void {
  if (storedBytes + entry.canonical.length > MAX_STORED) {
    stored.clear();
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

/**
 * Writes the definition's tokens to `scratch` and gives their length, or -1 for what can't be followed (an unknown
 * token, a literal that isn't text): such a template is parsed each time and shared with no other chunk.
 */
function canonicalise(bytes: Buffer, view: DataView, start: number, end: number, base: number, limit: number): number {
  let at = start;
  let out = 0;
  while (at < end) {
    if (out + 0x20010 > MAX_CANONICAL) throw new DamagedRecord('A template is too long.', at, 'record-too-complex');
    const token = bytes[at++];
    scratch[out++] = token;
    let named = false;
    let copied = 0;
    switch (token & 0xbf) {
      case 0x01:
        if (at + 10 > end) return -1;
        scratch[out++] = bytes[at];
        scratch[out++] = bytes[at + 1];
        at += 6;
        named = true;
        break;
      case 0x06:
      case 0x09:
      case 0x0a:
        if (at + 4 > end) return -1;
        named = true;
        break;
      case 0x00:
        return out;
      case 0x02:
      case 0x03:
      case 0x04:
        break;
      case 0x05:
        if (at + 3 > end || bytes[at] !== 0x01) return -1;
        copied = 3 + view.getUint16(at + 1, true) * 2;
        break;
      case 0x07:
      case 0x0b:
        if (at + 2 > end) return -1;
        copied = 2 + view.getUint16(at, true) * 2;
        break;
      case 0x08:
        copied = 2;
        break;
      case 0x0d:
      case 0x0e:
      case 0x0f:
        copied = 3;
        break;
      default:
        return -1;
    }
    if (named) {
      const name = base + view.getUint32(at, true);
      at += 4;
      if (name + 8 > limit) throw new DamagedRecord('A name lies outside of the chunk.', at - 4);
      const length = view.getUint16(name + 6, true) * 2;
      if (name + 8 + length > limit) throw new DamagedRecord('A name reaches beyond the chunk.', at - 4);
      for (let from = name + 6, to = name + 8 + length; from < to; from++) scratch[out++] = bytes[from];
      if (name === at) at += 10 + length;
      if (token === 0x41) at += 4;
    } else {
      if (at + copied > end) return -1;
      for (const to = at + copied; at < to; at++) scratch[out++] = bytes[at];
    }
  }
  return out;
}
