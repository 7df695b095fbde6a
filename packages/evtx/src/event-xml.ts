import { type Content, type Item, textOf } from './content.ts';
import type { ElementNode, Node } from './node.ts';

/** Longer XML than this is cut: a record holds 64 KiB, and only hostile ones repeat their values this often. */
const MAX_LENGTH = 4 << 20;

/**
 * The record as Windows shows it, on one line: `<Event xmlns='..'><System>..</System><EventData>..</EventData></Event>`.
 * Characters that XML doesn't allow and lone surrogates become `_`, as there.
 */
export function eventXml(content: Content): string {
  const writer = new XmlWriter(content);
  const text = writer.nodes(content.shape.scopes[0], 0);
  return content.cut || writer.cut ? `${text}<!-- cut -->` : text;
}

class XmlWriter {
  readonly #content: Content;
  #written = 0;

  get cut(): boolean {
    return this.#written > MAX_LENGTH;
  }

  constructor(content: Content) {
    this.#content = content;
  }

  /** Nodes in their order: text, instructions and elements may be mixed. */
  nodes(nodes: readonly Node[], scope: number, item?: Item): string {
    let text = '';
    for (const node of nodes) {
      if (this.cut) break;
      const child = this.#content.childOf(node, scope);
      if (child >= 0) text += this.nodes(this.#content.shape.scopes[child], child);
      else if (node.kind === 'element') {
        this.#content.elements([node], scope, (element, inner, each) => {
          text += this.#element(element, inner, each);
        });
      } else text += this.#plain(node, scope, item);
    }
    return text;
  }

  #plain(node: Node, scope: number, item: Item | undefined): string {
    const text =
      node.kind === 'instruction'
        ? `<?${xmlName(node.target)} ${allowed(node.data).replaceAll('?>', '? >')}?>`
        : escapeText(textOf(this.#content.value([node], scope, item) ?? ''));
    this.#written += text.length;
    return text;
  }

  #element(element: ElementNode, scope: number, item: Item | undefined): string {
    if (this.cut) return '';
    const name = xmlName(element.name);
    let open = `<${name}`;
    for (const attribute of element.attributes) {
      const value = this.#content.value(attribute.parts, scope, item);
      if (value === undefined) continue;
      open += ` ${xmlName(attribute.name)}='${escapeText(textOf(value)).replaceAll("'", '&apos;')}'`;
    }
    this.#written += open.length + name.length;
    const inner = this.nodes(element.children, scope, item);
    return inner === '' ? `${open}/>` : `${open}>${inner}</${name}>`;
  }
}

function escapeText(text: string): string {
  const clean = allowed(text);
  return /[&<>]/.test(clean) ? clean.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') : clean;
}

/** Characters that XML doesn't allow, lone surrogates among them. */
const FORBIDDEN = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]/gu;

function allowed(text: string): string {
  return text.replace(FORBIDDEN, '_');
}

/** A name as it stands, where XML allows it; other characters, which only a hostile file has, become `_`. */
function xmlName(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_.:-]*$/u.test(name) ? name : `_${name.replace(/[^\p{L}\p{N}_.:-]/gu, '_')}`;
}
