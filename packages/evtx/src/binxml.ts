import { DamagedRecord } from './issue.ts';
import { type AttributeNode, type ElementNode, elementNode, type Node } from './node.ts';
import { decodeValue, utf16 } from './value.ts';
import { fixedSize, ValueType } from './value-type.ts';

/** Elements nested deeper than this are refused: real events stay under 20. */
export const MAX_ELEMENT_DEPTH = 128;

/** BinXML tokens; 0x40 says that more follow and changes nothing else, except on element starts and attributes. */
const TOKEN = {
  end: 0x00,
  element: 0x01,
  closeStart: 0x02,
  closeEmpty: 0x03,
  closeElement: 0x04,
  value: 0x05,
  attribute: 0x06,
  cdata: 0x07,
  charRef: 0x08,
  entityRef: 0x09,
  instructionTarget: 0x0a,
  instructionData: 0x0b,
  instance: 0x0c,
  slot: 0x0d,
  optionalSlot: 0x0e,
  header: 0x0f,
} as const;

const ENTITIES: Readonly<Record<string, string>> = { quot: '"', apos: "'", amp: '&', lt: '<', gt: '>' };

/** Bytes of a name's entry before its characters: next entry, hash, count. */
const NAME_HEAD = 8;

/**
 * What is parsed: a template `definition` (whose elements carry a dependency id), a `record`'s own fragment, or such a
 * fragment taken `inline` as a template, with a slot for each of its values.
 */
export type FragmentKind = 'definition' | 'record' | 'inline';

/**
 * Turns BinXML tokens into nodes: a template definition (whose elements carry a dependency id) or a fragment in a
 * record. Offsets of names count from the start of the chunk; a name may stand right in the token stream.
 */
export class BinXmlParser {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #base: number;
  readonly #limit: number;
  readonly #kind: FragmentKind;
  /** slots made so far of an inline fragment's values */
  #slots = 0;
  readonly #instance: (at: number) => { scope: number; end: number };
  #at: number;
  #end: number;

  /**
   * @param base start of the chunk in the buffer
   * @param limit end of the chunk in the buffer
   * @param kind what it is
   * @param instance reads the template instance whose token stands before `at`
   */
  constructor(
    bytes: Buffer,
    view: DataView,
    base: number,
    limit: number,
    kind: FragmentKind,
    instance: (at: number) => { scope: number; end: number },
  ) {
    this.#bytes = bytes;
    this.#view = view;
    this.#base = base;
    this.#limit = limit;
    this.#kind = kind;
    this.#instance = instance;
    this.#at = 0;
    this.#end = 0;
  }

  /** The nodes between two places in the buffer. @throws {DamagedRecord} */
  parse(start: number, end: number): Node[] {
    this.#at = start;
    this.#end = end;
    const nodes: Node[] = [];
    this.#content(nodes, 0, true);
    return nodes;
  }

  /** Reads content up to the close of the element, or to the end of the fragment when `outermost`. */
  #content(into: Node[], depth: number, outermost: boolean): void {
    for (;;) {
      if (this.#at >= this.#end) {
        if (outermost) return;
        throw new DamagedRecord('The content ends inside an element.', this.#at);
      }
      const token = this.#bytes[this.#at++];
      switch (token & 0xbf) {
        case TOKEN.end:
          if (outermost) return;
          throw new DamagedRecord('The content ends inside an element.', this.#at - 1);
        case TOKEN.element:
          into.push(this.#element((token & 0x40) !== 0, depth + 1));
          break;
        case TOKEN.closeElement:
          if (!outermost) return;
          throw new DamagedRecord('An element is closed that was not opened.', this.#at - 1);
        case TOKEN.header:
          this.#take(3);
          break;
        case TOKEN.instance: {
          const { scope, end } = this.#instance(this.#at);
          this.#at = end;
          into.push({ kind: 'instance', scope });
          break;
        }
        case TOKEN.instructionTarget: {
          const target = this.#name();
          let data = '';
          if (this.#at < this.#end && this.#bytes[this.#at] === TOKEN.instructionData) {
            this.#at++;
            data = this.#text();
          }
          into.push({ kind: 'instruction', target, data });
          break;
        }
        default:
          into.push(this.#part(token, false));
      }
    }
  }

  #element(hasAttributes: boolean, depth: number): ElementNode {
    if (depth > MAX_ELEMENT_DEPTH) {
      throw new DamagedRecord(`Elements nest deeper than ${MAX_ELEMENT_DEPTH}.`, this.#at, 'record-too-complex');
    }
    let dependency = -1;
    if (this.#kind === 'definition') {
      dependency = this.#view.getUint16(this.#take(2), true);
      if (dependency === 0xffff) dependency = -1;
    }
    this.#take(4);
    const name = this.#name();
    if (hasAttributes) this.#take(4);
    const attributes: AttributeNode[] = [];
    const children: Node[] = [];
    for (;;) {
      const token = this.#bytes[this.#take(1)];
      if ((token & 0xbf) === TOKEN.attribute) {
        const attribute = this.#name();
        const fixed = attribute === 'Name' || attribute.startsWith('xmlns');
        attributes.push({ name: attribute, parts: this.#parts(fixed) });
      } else if (token === TOKEN.closeEmpty) {
        break;
      } else if (token === TOKEN.closeStart) {
        this.#content(children, depth, false);
        break;
      } else {
        throw new DamagedRecord(`Token 0x${token.toString(16)} does not belong in an element's start.`, this.#at - 1);
      }
    }
    return elementNode(name, attributes, children, dependency);
  }

  /** The parts of an attribute's value: everything up to the next attribute or the end of the start tag. */
  #parts(fixed: boolean): Node[] {
    const parts: Node[] = [];
    for (;;) {
      const token = this.#bytes[this.#take(1)];
      const plain = token & 0xbf;
      if (plain === TOKEN.attribute || plain === TOKEN.closeStart || plain === TOKEN.closeEmpty) {
        this.#at--;
        return parts;
      }
      parts.push(this.#part(token, fixed));
    }
  }

  #part(token: number, fixed: boolean): Node {
    switch (token & 0xbf) {
      case TOKEN.value:
        if (this.#kind === 'inline' && !fixed) {
          this.#literal();
          return { kind: 'slot', index: this.#slots++ };
        }
        return { kind: 'text', value: this.#literal() };
      case TOKEN.cdata:
        return { kind: 'text', value: this.#text() };
      case TOKEN.charRef:
        return { kind: 'text', value: String.fromCharCode(this.#view.getUint16(this.#take(2), true)) };
      case TOKEN.entityRef: {
        const name = this.#name();
        return { kind: 'text', value: Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : `&${name};` };
      }
      case TOKEN.slot:
      case TOKEN.optionalSlot: {
        const at = this.#take(3);
        return { kind: 'slot', index: this.#view.getUint16(at, true) };
      }
      default:
        throw new DamagedRecord(`Unknown token 0x${token.toString(16)}.`, this.#at - 1);
    }
  }

  /** A literal value: text in practice, any type of known size by the specification. */
  #literal(): unknown {
    const type = this.#bytes[this.#take(1)];
    if (type === ValueType.String) return this.#text();
    if (type === ValueType.Null) return '';
    let length = fixedSize(type);
    if (type === ValueType.AnsiString || type === ValueType.Binary) {
      length = this.#view.getUint16(this.#take(2), true);
    } else if (type === ValueType.Sid) {
      const at = this.#at;
      length = at + 2 <= this.#end ? 8 + 4 * this.#bytes[at + 1] : 8;
    }
    if (length === 0 || type & 0x80) {
      throw new DamagedRecord(`A literal of value type 0x${type.toString(16)} has no known length.`, this.#at);
    }
    return decodeValue(this.#bytes, type, this.#take(length), length);
  }

  /** Counted UTF-16 text. */
  #text(): string {
    const count = this.#view.getUint16(this.#take(2), true);
    const start = this.#take(count * 2);
    return utf16(this.#bytes, start, count * 2);
  }

  #name(): string {
    const offset = this.#view.getUint32(this.#take(4), true);
    const at = this.#base + offset;
    if (at + NAME_HEAD > this.#limit) throw new DamagedRecord('A name lies outside of the chunk.', this.#at - 4);
    const length = this.#view.getUint16(at + 6, true) * 2;
    if (at + NAME_HEAD + length > this.#limit) {
      throw new DamagedRecord('A name reaches beyond the chunk.', this.#at - 4);
    }
    if (at === this.#at) this.#take(NAME_HEAD + length + 2);
    return this.#bytes.toString('utf16le', at + NAME_HEAD, at + NAME_HEAD + length);
  }

  /** Where the next `count` bytes start. */
  #take(count: number): number {
    const at = this.#at;
    if (at + count > this.#end) throw new DamagedRecord('The content ends too early.', at);
    this.#at = at + count;
    return at;
  }
}
