import { createHash } from 'node:crypto';
import { CHUNK_HEAD, CHUNK_SIZE, RECORD_MARK } from '../src/format.ts';
import { ValueType } from '../src/value-type.ts';
import { sealChunk } from './seal-chunk.ts';
import type { TypedValue } from './values.ts';
import type { Fragment, Instance, Part, XmlElement } from './xml-element.ts';

/** A template's identity, worked out once per template object. */
const identities = new WeakMap<XmlElement, { key: string; guid: Buffer }>();

function identityOf(template: XmlElement): { key: string; guid: Buffer } {
  let identity = identities.get(template);
  if (identity === undefined) {
    const key = JSON.stringify(template);
    identity = { key, guid: createHash('sha256').update(key).digest().subarray(0, 16) };
    identities.set(template, identity);
  }
  return identity;
}

/** Thrown inside the writer when a record doesn't fit in what is left of a chunk. */
class Full extends Error {}

/**
 * One chunk being written: records with the names and template definitions that they need, each of which stands where
 * it is first used and is linked into the chunk's tables.
 */
export class ChunkWriter {
  readonly bytes = Buffer.alloc(CHUNK_SIZE);
  records = 0;
  #at = CHUNK_HEAD;
  #first = 0;
  #last = 0;
  #lastOffset = 0;
  readonly #names = new Map<string, number>();
  readonly #templates = new Map<string, number>();
  /** what the record being written has added, to be taken back if it doesn't fit */
  readonly #newNames: string[] = [];
  readonly #newTemplates: string[] = [];

  /** Adds a record; false when it doesn't fit, and then nothing has changed. */
  add(id: number, ticks: bigint, body: Instance | Fragment): boolean {
    const start = this.#at;
    const tables = Buffer.from(this.bytes.subarray(128, CHUNK_HEAD));
    this.#newNames.length = 0;
    this.#newTemplates.length = 0;
    try {
      this.#put(RECORD_MARK);
      this.#u32(0);
      this.#u64(BigInt(id));
      this.#u64(ticks);
      this.#fragment('elements' in body ? body : { elements: [body] });
      while ((this.#at - start) % 8 !== 4) this.#u8(0);
      const size = this.#at + 4 - start;
      this.#u32(size);
      this.bytes.writeUInt32LE(size, start + 4);
    } catch (error) {
      if (!(error instanceof Full)) throw error;
      tables.copy(this.bytes, 128);
      this.bytes.fill(0, start);
      for (const name of this.#newNames) this.#names.delete(name);
      for (const key of this.#newTemplates) this.#templates.delete(key);
      this.#at = start;
      return false;
    }
    if (this.records === 0) this.#first = id;
    this.#last = id;
    this.#lastOffset = start;
    this.records++;
    return true;
  }

  /** The finished chunk. */
  finish(): Buffer {
    const { bytes } = this;
    bytes.write('ElfChnk\0', 0, 'latin1');
    for (const at of [8, 24]) {
      bytes.writeBigUInt64LE(BigInt(this.#first), at);
      bytes.writeBigUInt64LE(BigInt(this.#last), at + 8);
    }
    bytes.writeUInt32LE(128, 40);
    bytes.writeUInt32LE(this.#lastOffset, 44);
    bytes.writeUInt32LE(this.#at, 48);
    sealChunk(bytes, this.#at);
    return bytes;
  }

  #fragment({ elements }: Fragment): void {
    this.#put([0x0f, 1, 1, 0]);
    for (const element of elements) {
      if ('template' in element) this.#instance(element);
      else this.#element(element, false);
    }
    this.#u8(0);
  }

  #instance({ template, values }: Instance): void {
    const { key, guid } = identityOf(template);
    this.#put([0x0c, 1]);
    this.#put(guid.subarray(0, 4));
    const known = this.#templates.get(key);
    this.#u32(known ?? this.#at + 4);
    if (known === undefined) this.#definition(key, guid, template);
    this.#u32(values.length);
    const descriptors = this.#at;
    for (const value of values) this.#u32('bytes' in value ? value.type << 16 : ValueType.BinXml << 16);
    for (const [index, value] of values.entries()) {
      const start = this.#at;
      if ('bytes' in value) this.#put((value as TypedValue).bytes);
      else this.#fragment('elements' in value ? value : { elements: [value] });
      const length = this.#at - start;
      if (length > 0xffff) throw new Full();
      this.bytes.writeUInt16LE(length, descriptors + index * 4);
    }
  }

  #definition(key: string, guid: Buffer, template: XmlElement): void {
    this.#templates.set(key, this.#at);
    this.#newTemplates.push(key);
    const table = 384 + (guid.readUInt32LE(0) % 32) * 4;
    const next = this.bytes.readUInt32LE(table);
    this.bytes.writeUInt32LE(this.#at, table);
    this.#u32(next);
    this.#put(guid);
    const size = this.#at;
    this.#u32(0);
    this.#put([0x0f, 1, 1, 0]);
    this.#element(template, true);
    this.#u8(0);
    this.bytes.writeUInt32LE(this.#at - size - 4, size);
  }

  #element({ name, attributes = [], children = [], dependsOn = 0xffff }: XmlElement, definition: boolean): void {
    this.#u8(attributes.length > 0 ? 0x41 : 0x01);
    if (definition) this.#u16(dependsOn);
    const size = this.#at;
    this.#u32(0);
    this.#name(name);
    if (attributes.length > 0) {
      const list = this.#at;
      this.#u32(0);
      for (const [index, [attribute, value]] of attributes.entries()) {
        this.#u8(index < attributes.length - 1 ? 0x46 : 0x06);
        this.#name(attribute);
        this.#part(value);
      }
      this.bytes.writeUInt32LE(this.#at - list - 4, list);
    }
    if (children.length === 0) this.#u8(0x03);
    else {
      this.#u8(0x02);
      for (const child of children) {
        if (typeof child === 'object' && 'name' in child) this.#element(child, definition);
        else this.#part(child);
      }
      this.#u8(0x04);
    }
    this.bytes.writeUInt32LE(this.#at - size - 4, size);
  }

  #part(part: Part): void {
    if (typeof part === 'string') {
      this.#put([0x05, ValueType.String]);
      this.#u16(part.length);
      this.#put(Buffer.from(part, 'utf16le'));
      return;
    }
    this.#u8(part.optional ? 0x0e : 0x0d);
    this.#u16(part.slot);
    this.#u8(part.type);
  }

  #name(name: string): void {
    const known = this.#names.get(name);
    this.#u32(known ?? this.#at + 4);
    if (known !== undefined) return;
    this.#names.set(name, this.#at);
    this.#newNames.push(name);
    const hash = nameHash(name);
    const table = 128 + (hash % 64) * 4;
    const next = this.bytes.readUInt32LE(table);
    this.bytes.writeUInt32LE(this.#at, table);
    this.#u32(next);
    this.#u16(hash);
    this.#u16(name.length);
    this.#put(Buffer.from(name, 'utf16le'));
    this.#u16(0);
  }

  #put(bytes: ArrayLike<number>): void {
    if (this.#at + bytes.length > CHUNK_SIZE) throw new Full();
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #u8(value: number): void {
    this.#put([value]);
  }

  #u16(value: number): void {
    this.#put([value & 0xff, value >>> 8]);
  }

  #u32(value: number): void {
    if (this.#at + 4 > CHUNK_SIZE) throw new Full();
    this.#at = this.bytes.writeUInt32LE(value, this.#at);
  }

  #u64(value: bigint): void {
    if (this.#at + 8 > CHUNK_SIZE) throw new Full();
    this.#at = this.bytes.writeBigUInt64LE(value, this.#at);
  }
}

/** The hash by which Windows files a name in the chunk's table. */
function nameHash(name: string): number {
  let hash = 0;
  for (let index = 0; index < name.length; index++) hash = (Math.imul(hash, 65_599) + name.charCodeAt(index)) | 0;
  return hash & 0xffff;
}
