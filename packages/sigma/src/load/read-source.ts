import type { Refusal } from '../ast.ts';
import { Refused } from '../errors.ts';
import { entry } from './attributes.ts';
import { Collection } from './collection.ts';
import { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { readDocument } from './read-document.ts';
import { Source } from './source.ts';
import { parseYaml, type YamlMap, type YamlNode } from './yaml.ts';

/** What one file gave. */
export interface ReadSource {
  readonly drafts: Draft[];
  readonly refused: Refusal[];
  /** also takes what is noticed later, when filters and pipelines run */
  readonly warnings: Refusal[];
  /** ids and names of refused documents: a correlation that refers to one is told so */
  readonly refusedNames: string[];
}

/** Characters of one file; all of SigmaHQ is 6 million. */
const MAX_TEXT = 64 * 1024 * 1024;

/** Reads every document of a file. One that can't be read never takes its neighbours with it. */
export function readSource(file: string, text: string, hasPipelines: boolean, warnings: Refusal[]): ReadSource {
  const source = new Source(file, text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  const read: ReadSource = { drafts: [], refused: [], warnings, refusedNames: [] };
  if (text.length > MAX_TEXT) {
    const message = `the text has ${text.length} characters, more than ${MAX_TEXT}`;
    read.refused.push(source.issue('error', 'source-too-large', 0, message, 'split the file', undefined));
    return read;
  }
  const collection = new Collection();
  let index = 0;
  for (const node of documentsOf(source, read)) {
    if (node === null) continue;
    const context = new Context(source, node.at, read.warnings);
    try {
      index++;
      const document = collection.take(node);
      if (document !== undefined) read.drafts.push(readDocument(document, context, index - 1, hasPipelines));
    } catch (error) {
      read.refused.push(toRefusal(error, context));
      read.refusedNames.push(...identities(node));
    }
  }
  if (index === 0 && read.refused.length === 0) {
    const message = 'the file holds no document';
    read.warnings.push(
      source.issue('warning', 'source-empty', 0, message, 'remove the file, or write a rule', undefined),
    );
  }
  return read;
}

/** What stopped a document, as a value; anything but a refusal is a fault of this program and goes on up. */
export function toRefusal(error: unknown, context: Context): Refusal {
  if (!(error instanceof Refused)) throw error;
  return context.source.issue('error', error.code, error.at ?? context.at, error.message, error.mend, context.rule);
}

export function identities(node: YamlNode): string[] {
  if (node.kind !== 'map') return [];
  return ['id', 'name'].flatMap((key) => textOf(node, key));
}

function textOf(map: YamlMap, key: string): string[] {
  const value = entry(map, key)?.value;
  return value?.kind === 'scalar' && value.text !== '' ? [value.text] : [];
}

/** Parses the whole text at once; where that fails, document by document, so that only the broken one is lost. */
function documentsOf(source: Source, read: ReadSource): (YamlNode | null)[] {
  try {
    return parseYaml(source.text);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const parts = splitDocuments(source.text);
    if (parts.length > 1) return parts.flatMap((part) => parsePart(source, part, read));
    refuseText(error, source, { text: source.text, from: 0 }, read);
    return [];
  }
}

function parsePart(source: Source, part: Part, read: ReadSource): (YamlNode | null)[] {
  try {
    return parseYaml(part.text, part.from);
  } catch (error) {
    refuseText(error, source, part, read);
    return [];
  }
}

/** A document that isn't YAML still shows its title, id and name to whoever looks at its lines. */
function refuseText(error: unknown, source: Source, part: Part, read: ReadSource): void {
  const context = new Context(source, part.from, read.warnings);
  const head = part.text.slice(0, MAX_HEAD);
  context.rule = /^title:[ \t]*['"]?([^\r\n'"]+)/m.exec(head)?.[1].trim();
  read.refused.push(toRefusal(error, context));
  for (const match of head.matchAll(/^(?:id|name):[ \t]*['"]?([^\s'"]+)/gm)) read.refusedNames.push(match[1]);
}

interface Part {
  readonly text: string;
  /** offset in the file */
  readonly from: number;
}

/** Characters of a broken document that are searched for its title and id. */
const MAX_HEAD = 65_536;

/** Cuts at lines that begin with `---`: YAML allows that nowhere but between documents. */
function splitDocuments(text: string): Part[] {
  const starts = [0, ...Array.from(text.matchAll(/^---(?=\s|$)/gm), (match) => match.index)];
  return starts
    .map((from, index) => ({ text: text.slice(from, starts[index + 1]), from }))
    .filter((part) => part.text.trim() !== '');
}
