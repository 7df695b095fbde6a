import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';
import type { ProblemCode, RegistryProblem } from '../problem.ts';
import { LIMITS } from '../schema.ts';

export type Path = readonly (string | number)[];

/** Deepest nesting that is read: the schema needs nine levels. */
const MAX_DEPTH = 64;

/** What a problem says, without the place. */
export interface Complaint {
  readonly severity?: 'error' | 'warning';
  readonly fatal?: boolean;
  readonly code: ProblemCode;
  readonly message: string;
  readonly mend: string;
  readonly setAside?: Path;
  /** point at the key rather than its value */
  readonly atKey?: boolean;
}

/**
 * The text of a registry file as a YAML document that knows where everything stands. Items can be removed and all others
 * keep their place and their original number.
 */
export class RegistrySource {
  readonly file: string;
  readonly problems: RegistryProblem[] = [];
  readonly #lines = new LineCounter();
  readonly #numbers = new Map<Node, number>();
  #document: Document.Parsed | undefined;

  constructor(text: string, file: string) {
    this.file = file;
    if (Buffer.byteLength(text) > LIMITS.bytes) {
      this.#fatal(
        'REGISTRY_TOO_LARGE',
        `The file is larger than ${LIMITS.bytes / 1e6} MB.`,
        'A registry of ten thousand accounts has about 2 MB: check that this is the right file.',
        0,
      );
      return;
    }
    const deep = tooDeep(text);
    if (deep !== undefined) {
      this.#fatal(
        'REGISTRY_NOT_YAML',
        `Nested more than ${MAX_DEPTH} levels deep.`,
        'A registry needs nine levels at most: check that this is the right file.',
        deep,
        text,
      );
      return;
    }
    let document: Document.Parsed;
    // A broken file may have thousands of errors; their stack traces would cost more than all the rest.
    const traced = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      document = parseDocument(text, { lineCounter: this.#lines, merge: true, prettyErrors: false });
    } catch (error) {
      this.#fatal(
        'REGISTRY_NOT_YAML',
        `Not readable as YAML: ${firstLine(error)}`,
        'Check indentation and brackets.',
        0,
      );
      return;
    } finally {
      Error.stackTraceLimit = traced;
    }
    for (const error of document.errors.slice(0, 10)) {
      const multiple = error.code === 'MULTIPLE_DOCS';
      this.#fatal(
        'REGISTRY_NOT_YAML',
        multiple ? 'More than one document in the file.' : yamlSays(error.code, firstLine(error)),
        multiple
          ? 'Keep one document: remove the line `---`.'
          : 'Check the indentation, the quotes and the colon at this place.',
        error.pos[0],
      );
    }
    if (document.errors.length > 0) return;
    this.#document = document;
    visit(document, {
      Seq: (_, seq) => {
        for (let i = 0; i < seq.items.length; i++) this.#numbers.set(seq.items[i] as Node, i);
      },
      // The schema has no numbers: 012345678901 is an AWS account and must keep its zero.
      Scalar: (_, scalar) => {
        if (typeof scalar.value === 'number' || typeof scalar.value === 'bigint')
          scalar.value = scalar.source ?? String(scalar.value);
      },
      // `accounts:` with nothing after it is a section somebody emptied.
      Pair: (_, pair) => (isScalar(pair.value) && pair.value.value === null ? visit.REMOVE : undefined),
    });
  }

  /** The document as plain values; undefined when it isn't readable. */
  value(): unknown {
    if (this.#document === undefined) return undefined;
    try {
      return this.#document.toJS({ maxAliasCount: 1000 });
    } catch (error) {
      this.#fatal(
        'REGISTRY_NOT_YAML',
        `Aliases expand without end: ${firstLine(error)}`,
        'Write the repeated part out instead of using `*alias`.',
        0,
      );
      this.#document = undefined;
      return undefined;
    }
  }

  /** Takes an item or key out; the rest keeps its place. */
  remove(path: Path): void {
    const parent = this.#node(path.slice(0, -1));
    const last = path[path.length - 1];
    if (isMap(parent)) parent.items = parent.items.filter((pair) => keyOf(pair) !== last);
    else if (isSeq(parent)) parent.items.splice(Number(last), 1);
  }

  /** Adds a problem at a path of the document as it now is. */
  report(path: Path, complaint: Complaint): void {
    const { line, column } = this.place(path, complaint.atKey);
    this.problems.push({
      severity: complaint.severity ?? 'error',
      ...(complaint.fatal === true ? { fatal: true } : {}),
      code: complaint.code,
      message: complaint.message,
      mend: complaint.mend,
      file: this.file,
      line,
      column,
      path: this.name(path),
      ...(complaint.setAside === undefined ? {} : { setAside: this.name(complaint.setAside) }),
    });
  }

  /** Line and column of a path; of its nearest ancestor where it doesn't exist. */
  place(path: Path, atKey = false): { line: number; column: number } {
    for (let length = path.length; length >= 0; length--) {
      const offset = this.#offset(path.slice(0, length), atKey && length === path.length);
      if (offset !== undefined) return this.#at(offset);
    }
    return { line: 1, column: 1 };
  }

  /** A path in words, with list numbers as they stand in the file: `providers[0].terms[1].when`. */
  name(path: Path): string {
    let text = '';
    for (let i = 0; i < path.length; i++) {
      const part = path[i]!;
      if (typeof part === 'number') {
        const node = this.#node(path.slice(0, i + 1));
        text += `[${(node && this.#numbers.get(node)) ?? part}]`;
      } else text += text === '' ? part : `.${part}`;
    }
    return text;
  }

  #offset(path: Path, atKey: boolean): number | undefined {
    const last = path[path.length - 1];
    if (typeof last === 'string') {
      const parent = this.#node(path.slice(0, -1));
      const pair = isMap(parent) ? parent.items.find((item) => keyOf(item) === last) : undefined;
      if (pair === undefined) return undefined;
      const node = (atKey ? pair.key : (pair.value ?? pair.key)) as Node;
      return node.range?.[0];
    }
    return this.#node(path)?.range?.[0];
  }

  #node(path: Path): Node | undefined {
    let node: Node | null | undefined = this.#document?.contents;
    for (const part of path) {
      if (isAlias(node)) node = node.resolve(this.#document!);
      if (isMap(node)) node = node.items.find((item) => keyOf(item) === part)?.value as Node | undefined;
      else if (isSeq(node)) node = node.items[Number(part)] as Node | undefined;
      else return undefined;
    }
    return isAlias(node) ? (node.resolve(this.#document!) as Node | undefined) : (node ?? undefined);
  }

  #at(offset: number): { line: number; column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return line === 0 ? { line: 1, column: 1 } : { line, column: col };
  }

  #fatal(code: ProblemCode, message: string, mend: string, offset: number, text?: string): void {
    let place = this.#at(offset);
    if (text !== undefined) {
      const before = text.slice(0, offset).split('\n');
      place = { line: before.length, column: before[before.length - 1]!.length + 1 };
    }
    this.problems.push({ severity: 'error', fatal: true, code, message, mend, file: this.file, ...place, path: '' });
  }
}

function keyOf(pair: Pair): string | undefined {
  return isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : undefined;
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 200);
}

function yamlSays(code: string, message: string): string {
  if (code === 'TAB_AS_INDENT') return 'A tab is used to indent; YAML wants spaces.';
  if (code === 'DUPLICATE_KEY') return 'The same key stands twice here.';
  return `Not readable as YAML: ${message}`;
}

/**
 * Where brackets or indentation nest too deep for a parser that recurses, or undefined. Brackets inside quotes are counted too:
 * that can only refuse a file with 64 unclosed brackets in its texts.
 */
function tooDeep(text: string): number | undefined {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 0x5b || c === 0x7b) {
      if (++depth > MAX_DEPTH) return i;
    } else if ((c === 0x5d || c === 0x7d) && depth > 0) depth--;
  }
  // `- - - -` and `? ? ?` nest within a line, plain indentation over lines; neither can outdo this bound unseen.
  const match = /^(?:[ ]*[-?][ ]+){64}|^[ ]{512}/m.exec(text);
  return match?.index;
}
