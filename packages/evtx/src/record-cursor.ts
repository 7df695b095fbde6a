import { ChunkTemplates } from './chunk-templates.ts';
import { Content } from './content.ts';
import { type EventObject, eventObject } from './event-object.ts';
import { eventXml } from './event-xml.ts';
import { fileTimeMicros } from './file-time.ts';
import { DamagedRecord } from './issue.ts';
import { Layout } from './layout.ts';
import { type LayoutStep, layoutRoot } from './layout-trie.ts';
import { isGuarded, leafValue } from './leaf-value.ts';
import { RecordFragments } from './record-fragments.ts';
import { SlotTable } from './slot-table.ts';
import { DEFINITION_HEAD, inlineTemplate, type Template } from './template.ts';
import { isEmptyValue } from './value.ts';
import { NUMERIC, ValueType } from './value-type.ts';

/** Bytes of a record before its BinXML: magic, size, id, time. */
export const RECORD_HEAD = 24;

/** Bytes of a text from which on `texts` knows of it: eight characters. */
export const LONG_TEXT = 16;

/** A record with more nested instances than this has no layout and is read the plain way. */
const MAX_SCOPES = 8;

/**
 * One record of a log. The reader moves the same cursor from record to record, so it is valid only during the callback
 * that got it; what must outlive it is taken by `value`, `event` or `xml`.
 *
 * Compiled access: `layout` says where the record's fields lie, `layout.find` gives a field's leaf once per layout, and
 * `locate(leaf)` then finds its bytes without making anything.
 */
export class RecordCursor {
  /** the buffer in which the record lies; the same object for the whole read of a file */
  bytes: Buffer = Buffer.alloc(0);
  /** `bytes` as a view */
  view: DataView = new DataView(new ArrayBuffer(0));
  /** the record's id by its header */
  recordId = 0;
  /** when it was written, by its header: microseconds since 1970 UTC */
  written = 0;
  /** byte offset of the record in the file */
  offset = 0;
  /** index of its chunk in the file, from 0 */
  chunk = 0;
  /** bytes of the record with its header */
  size = 0;
  /** whether it was carved from slack space */
  carved = false;
  /** undefined where the record has no template, or one that compiled access doesn't follow: use `get` and `values` */
  layout: Layout | undefined = undefined;

  /** after `locate`: the BinXML value type; `0x80` is set for an array */
  type = 0;
  /** after `locate`: where in `bytes` the value starts */
  start = 0;
  /** after `locate`: its length in bytes */
  length = 0;

  readonly #tables: SlotTable[] = Array.from({ length: MAX_SCOPES }, () => new SlotTable());
  readonly #templates = new ChunkTemplates();
  #base = 0;
  #limit = 0;
  #at = 0;
  /** slots that hold an instance not yet followed: scope * 65536 + slot */
  readonly #pending = new Int32Array(64);
  #pendingCount = 0;
  /** places of long texts and other values of no numeric type: scope * 65536 + slot */
  #textSlots = new Int32Array(256);
  #textCount = 0;
  #fragments: RecordFragments | undefined = undefined;
  #plain: Layout | undefined = undefined;

  /** @internal Makes a buffer the one that is read. */
  setBuffer(bytes: Buffer): void {
    if (this.bytes === bytes) return;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @internal Begins a chunk that lies from `base` to `limit` in the buffer. */
  setChunk(base: number, limit: number, index: number): void {
    this.#base = base;
    this.#limit = limit;
    this.chunk = index;
    this.#templates.begin(this.bytes, this.view, base, limit);
  }

  /**
   * @internal Moves to the record at `at`, whose header was checked.
   * @throws {DamagedRecord}
   */
  load(at: number, size: number, offset: number): void {
    const view = this.view;
    this.#at = at;
    this.size = size;
    this.offset = offset;
    this.recordId = view.getUint32(at + 12, true) * 4_294_967_296 + view.getUint32(at + 8, true);
    this.written = fileTimeMicros(view.getUint32(at + 16, true), view.getUint32(at + 20, true));
    this.#fragments = undefined;
    this.#plain = undefined;
    this.layout = undefined;
    const end = at + size - 4;
    const start = at + RECORD_HEAD;
    const step = this.#startsInstance(start, end) ? this.#follow(start + 5, end) : this.#inline(start, end);
    if (step !== undefined) {
      if (!step.layout.complete) this.#refuse();
      this.layout = step.layout;
      return;
    }
    const fragments = new RecordFragments(this.bytes, view, this.#base, this.#limit, (place, mark) =>
      this.carved ? this.#templates.carved(place, mark) : this.#templates.at(place),
    );
    fragments.read(start, end);
    this.#fragments = fragments;
    this.#plain = new Layout(fragments.shape);
    if (!this.#plain.complete) this.#refuse();
  }

  /**
   * Finds a leaf's bytes: sets `type`, `start` and `length` and says true. False where the event has no value there: the
   * slot is missing, its type is null, or it is empty and the event shows null (an element) or leaves it out (an
   * attribute). An empty `<Data>` is there: `length` is 0 then, or the string begins with NUL, and the value is `''`.
   * Constants and composites have no bytes of their own: false, and `value` gives them.
   */
  locate(leaf: number): boolean {
    const layout = this.layout!;
    const scope = layout.slotScope[leaf];
    if (scope < 0) return false;
    const table = this.#tables[scope];
    const slot = layout.slotIndex[leaf];
    // a slot for which the record has no value is null
    const meta = slot < table.count ? table.metas[slot] : 0;
    const type = meta >>> 16;
    const length = meta & 0xffff;
    const start = meta === 0 ? 0 : table.starts[slot];
    this.type = type;
    this.start = start;
    this.length = length;
    const flags = layout.slotFlags[leaf];
    if (flags >= 4 && !isGuarded(layout.sources[leaf][0], this.#tables)) return false;
    if (type === ValueType.Null) return (flags & 2) !== 0;
    if (type <= ValueType.AnsiString ? isEmptyValue(this.bytes, type, start, length) : length === 0) {
      return (flags & 1) !== 0;
    }
    return true;
  }

  /**
   * `locate` for many leaves at once: for each, `metas` receives the value's length << 8 | type, or -1 where `locate` would
   * say false, and `starts` where it begins.
   */
  locateAll(leaves: Int32Array, metas: Int32Array, starts: Int32Array): void {
    const { slotScope, slotIndex, slotFlags } = this.layout!;
    const tables = this.#tables;
    const view = this.view;
    for (let i = 0; i < leaves.length; i++) {
      const leaf = leaves[i];
      const scope = leaf < 0 ? -1 : slotScope[leaf];
      if (scope < 0) {
        metas[i] = -1;
        continue;
      }
      const table = tables[scope];
      const slot = slotIndex[leaf];
      const meta = slot < table.count ? table.metas[slot] : 0;
      const type = meta >>> 16;
      const length = meta & 0xffff;
      const plain =
        slotFlags[leaf] < 4 &&
        (type === ValueType.String
          ? length > 2 && view.getUint16(table.starts[slot], true) !== 0
          : type > ValueType.AnsiString && length > 0);
      if (plain) {
        metas[i] = (length << 8) | type;
        starts[i] = table.starts[slot];
      } else if (this.locate(leaf)) {
        metas[i] = (this.length << 8) | this.type;
        starts[i] = this.start;
      } else metas[i] = -1;
    }
  }

  /**
   * For searches through all values: the leaves that hold a text of at least `bytes` bytes (not less than `LONG_TEXT`), or a
   * value of a type that is written with more than digits, hexadecimal letters and punctuation. Noted while the record was
   * read, so that the many numbers and short texts of a record cost nothing here.
   * @param found receives the leaves; one that stands in several places is named once
   * @returns how many
   */
  texts(bytes: number, found: Int32Array): number {
    const layout = this.layout!;
    let length = 0;
    for (let i = 0; i < this.#textCount; i++) {
      const place = this.#textSlots[i];
      const scope = place >>> 16;
      const meta = this.#tables[scope].metas[place & 0xffff];
      if (meta >>> 16 === ValueType.String && (meta & 0xffff) < bytes) continue;
      const leaf = layout.leafAt(scope, place & 0xffff);
      if (leaf >= 0) found[length++] = leaf;
    }
    return length;
  }

  /** The value of a leaf as the whole event shows it; undefined where the event has none or null. */
  value(leaf: number): unknown {
    return this.layout === undefined ? undefined : this.#value(this.layout, leaf);
  }

  /** The value of a field by name or dotted path, as `layout.find` understands them; with or without layout. */
  get(field: string): unknown {
    const layout = this.#anyLayout();
    const leaf = layout.find(field);
    return leaf < 0 ? undefined : this.#value(layout, leaf);
  }

  /** Calls back with every value of the event, those of arrays one by one; not with namespaces. */
  values(visit: (value: unknown, name: string) => void): void {
    const layout = this.#anyLayout();
    for (let leaf = 0; leaf < layout.leaves.length; leaf++) {
      const { name } = layout.leaves[leaf];
      if (name.includes('_xmlns')) continue;
      const value = this.#value(layout, leaf);
      if (Array.isArray(value)) for (const item of value) visit(item, name);
      else if (value !== undefined) visit(value, name);
    }
  }

  /** When it happened by the event itself (System/TimeCreated), or else when it was written: microseconds since 1970. */
  timeCreated(): number {
    const layout = this.#anyLayout();
    const leaf = layout.timeLeaf;
    if (leaf < 0) return this.written;
    if (layout === this.layout && this.locate(leaf) && this.type === ValueType.FileTime && this.length >= 8) {
      return fileTimeMicros(this.view.getUint32(this.start, true), this.view.getUint32(this.start + 4, true));
    }
    const value = this.#value(layout, leaf);
    if (typeof value !== 'string') return this.written;
    const time = Date.parse(value);
    const micros = /\.\d{3}(\d{3})/.exec(value);
    return Number.isNaN(time) ? this.written : time * 1000 + (micros ? Number(micros[1]) : 0);
  }

  /** The whole event. */
  event(): EventObject {
    return eventObject(this.#content());
  }

  /** The whole event as XML, as Windows shows it. */
  xml(): string {
    return eventXml(this.#content());
  }

  /** The same as `xml`: the raw form of a binary record. */
  raw(): string {
    return this.xml();
  }

  /** The record's own bytes, header and all. Copied. */
  recordBytes(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.bytes, this.#at, this.#at + this.size);
  }

  #content(): Content {
    return this.#fragments === undefined
      ? new Content(this.layout!.shape, this.bytes, this.#tables)
      : new Content(this.#fragments.shape, this.bytes, this.#fragments.tables);
  }

  /** The record's layout, or one made for this record alone. */
  #anyLayout(): Layout {
    return this.layout ?? (this.#plain as Layout);
  }

  #refuse(): never {
    throw new DamagedRecord('The record has more fields than any real event.', this.#at, 'record-too-complex');
  }

  #value(layout: Layout, leaf: number): unknown {
    const tables = this.#fragments === undefined ? this.#tables : this.#fragments.tables;
    return leafValue(this.bytes, layout, leaf, tables);
  }

  #startsInstance(at: number, end: number): boolean {
    const bytes = this.bytes;
    return at + 5 <= end && bytes[at] === 0x0f && bytes[at + 4] === 0x0c;
  }

  #widen(count: number): void {
    const wider = new Int32Array(Math.max(count, this.#textSlots.length * 2));
    wider.set(this.#textSlots);
    this.#textSlots = wider;
  }

  /** A record of elements without template is taken for an instance of the template that it amounts to. */
  #inline(start: number, end: number): LayoutStep | undefined {
    const table = this.#tables[0];
    const template = inlineTemplate(this.bytes, this.view, start, end, this.#base, this.#limit, table);
    this.#textCount = 0;
    if (table.count > this.#textSlots.length) this.#widen(table.count);
    for (let slot = 0; slot < table.count; slot++) this.#textSlots[this.#textCount++] = slot;
    return template === undefined ? undefined : layoutRoot(template);
  }

  /** Reads the record's instance and those in its slots; undefined where something else is found on the way. */
  #follow(at: number, end: number): LayoutStep | undefined {
    this.#pendingCount = 0;
    this.#textCount = 0;
    let template = this.#instance(0, at, end);
    if (template === undefined) return undefined;
    let step = layoutRoot(template);
    for (let next = 0; next < this.#pendingCount; next++) {
      const scope = next + 1;
      if (scope >= MAX_SCOPES) return undefined;
      const place = this.#pending[next];
      const table = this.#tables[place >>> 16];
      const start = table.starts[place & 0xffff];
      const stop = start + (table.metas[place & 0xffff] & 0xffff);
      if (!this.#startsInstance(start, stop)) return undefined;
      template = this.#instance(scope, start + 5, stop);
      if (template === undefined) return undefined;
      step = step.step(place, template);
    }
    return step;
  }

  /** Reads the descriptors of an instance that fills the bytes up to `end`; undefined where it doesn't, or is damaged. */
  #instance(scope: number, at: number, end: number): Template | undefined {
    const view = this.view;
    const table = this.#tables[scope];
    if (at + 13 > end) return undefined;
    const definition = view.getUint32(at + 5, true);
    let from = at + 9;
    const template = this.carved
      ? this.#templates.carved(definition, view.getUint32(at + 1, true))
      : this.#templates.at(definition);
    if (definition === from - this.#base) from += DEFINITION_HEAD + view.getUint32(from + 20, true);
    if (from + 4 > end) return undefined;
    const count = view.getUint32(from, true);
    from += 4;
    if (count > (end - from) >>> 2) return undefined;
    table.reserve(count);
    table.count = count;
    const { starts, metas } = table;
    if (this.#textCount + count > this.#textSlots.length) this.#widen(this.#textCount + count);
    const texts = this.#textSlots;
    let textCount = this.#textCount;
    let value = from + count * 4;
    for (let slot = 0; slot < count; slot++, from += 4) {
      const meta = view.getUint32(from, true) & 0xff_ffff;
      starts[slot] = value;
      metas[slot] = meta;
      const length = meta & 0xffff;
      value += length;
      const type = meta >>> 16;
      if (type === ValueType.String) {
        if (length >= LONG_TEXT) texts[textCount++] = scope * 0x10000 + slot;
      } else if (type === ValueType.BinXml) {
        if (length === 0) continue;
        if (this.#pendingCount >= MAX_SCOPES) return undefined;
        this.#pending[this.#pendingCount++] = scope * 0x10000 + slot;
      } else if (type !== ValueType.Null && NUMERIC[type] === 0) texts[textCount++] = scope * 0x10000 + slot;
    }
    this.#textCount = textCount;
    // what is left must be nothing or the end token: otherwise there is more to read than the instance
    return value <= end && (value === end || this.bytes[value] === 0) ? template : undefined;
  }
}
