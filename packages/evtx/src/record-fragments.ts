import { BinXmlParser } from './binxml.ts';
import { DamagedRecord } from './issue.ts';
import type { Node } from './node.ts';
import { Shape } from './shape.ts';
import { SlotTable } from './slot-table.ts';
import { DEFINITION_HEAD, type Template } from './template.ts';
import { ValueType } from './value-type.ts';

/** Instances and fragments in one record beyond which it is refused: real events have two or three. */
const MAX_SCOPES = 256;

/** Instances nested in each other deeper than this are refused. */
const MAX_NESTING = 32;

/**
 * The plain way to read a record: its elements, template instances and nested fragments in full, whatever their order
 * and number. For records without a template and for shapes that compiled access doesn't follow.
 */
export class RecordFragments {
  readonly shape = new Shape();
  readonly tables: SlotTable[] = [];
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #base: number;
  readonly #limit: number;
  readonly #template: (offset: number, mark: number) => Template;

  constructor(
    bytes: Buffer,
    view: DataView,
    base: number,
    limit: number,
    template: (offset: number, mark: number) => Template,
  ) {
    this.#bytes = bytes;
    this.#view = view;
    this.#base = base;
    this.#limit = limit;
    this.#template = template;
  }

  /** Reads the record's fragment. @throws {DamagedRecord} */
  read(start: number, end: number): void {
    this.#fragment(start, end, 0);
  }

  #scope(nodes: readonly Node[], table: SlotTable): number {
    if (this.tables.length >= MAX_SCOPES) {
      throw new DamagedRecord(`More than ${MAX_SCOPES} nested instances.`, 0, 'record-too-complex');
    }
    this.tables.push(table);
    return this.shape.add(nodes);
  }

  #fragment(start: number, end: number, nesting: number): number {
    if (nesting > MAX_NESTING) {
      throw new DamagedRecord(`Instances nest deeper than ${MAX_NESTING}.`, start, 'record-too-complex');
    }
    const nodes: Node[] = [];
    // the record's own scope comes first, so that it is scope 0
    const scope = this.#scope(nodes, new SlotTable());
    const parser = new BinXmlParser(this.#bytes, this.#view, this.#base, this.#limit, 'record', (at) =>
      this.#instance(at, end, nesting),
    );
    nodes.push(...parser.parse(start, end));
    return scope;
  }

  #instance(at: number, end: number, nesting: number): { scope: number; end: number } {
    const view = this.#view;
    if (at + 13 > end) throw new DamagedRecord('A template instance is cut off.', at);
    const definition = view.getUint32(at + 5, true);
    const template = this.#template(definition, view.getUint32(at + 1, true));
    let from = at + 9;
    if (definition === from - this.#base) from += DEFINITION_HEAD + view.getUint32(from + 20, true);
    if (from + 4 > end) throw new DamagedRecord('A template instance is cut off.', at);
    const count = view.getUint32(from, true);
    from += 4;
    if (count > (end - from) >>> 2) throw new DamagedRecord('A template instance has more values than bytes.', at);
    const table = new SlotTable();
    table.reserve(count);
    table.count = count;
    const scope = this.#scope(template.nodes, table);
    let value = from + count * 4;
    for (let slot = 0; slot < count; slot++, from += 4) {
      const meta = view.getUint32(from, true) & 0xff_ffff;
      const length = meta & 0xffff;
      table.starts[slot] = value;
      table.metas[slot] = meta;
      value += length;
      if (value > end) throw new DamagedRecord('A value reaches beyond its record.', at);
      if (meta >>> 16 === ValueType.BinXml && length > 0) {
        this.shape.attach(scope, slot, this.#fragment(value - length, value, nesting + 1));
      }
    }
    return { scope, end: value };
  }
}
