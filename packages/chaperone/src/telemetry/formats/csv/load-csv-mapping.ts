import { isNode, LineCounter, parseDocument } from 'yaml';
import { type CsvMapping, csvMappingSchema } from './csv-mapping.ts';

/** A mapping is small; what is larger is something else. */
const MAX_LENGTH = 256 * 1024;
const MAX_ALIASES = 16;

/** What is wrong with a mapping file, and on which line. */
export interface MappingProblem {
  readonly code: 'mapping-yaml' | 'mapping-schema';
  readonly file: string;
  readonly line: number;
  readonly message: string;
  readonly mend: string;
}

/** Reads a mapping file: the mapping, or everything that is wrong with it. */
export function loadCsvMapping(
  text: string,
  file: string,
): { readonly mapping: CsvMapping; readonly problems: [] } | { readonly problems: readonly MappingProblem[] } {
  if (text.length > MAX_LENGTH) {
    return {
      problems: [problem(file, 1, 'mapping-yaml', 'is larger than 256 KiB', 'give the mapping file, not the log')],
    };
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    return {
      problems: document.errors.slice(0, 20).map((error) => {
        const line = lines.linePos(error.pos[0]).line;
        return problem(file, line, 'mapping-yaml', error.message.split('\n', 1)[0], 'correct the YAML on this line');
      }),
    };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    return { problems: [problem(file, 1, 'mapping-yaml', 'uses too many aliases', 'write the values out')] };
  }
  const parsed = csvMappingSchema.safeParse(value);
  if (parsed.success) return { mapping: parsed.data, problems: [] };
  return {
    problems: parsed.error.issues.slice(0, 20).map((issue) => {
      const at = lineOf(issue.path);
      const where = issue.path.length === 0 ? 'the mapping' : `\`${issue.path.join('.')}\``;
      return problem(file, at, 'mapping-schema', `${where}: ${issue.message}`, 'see docs/formats/non-windows.md');
    }),
  };

  /** The line of the deepest part of a path that is there: a missing key is told at what should hold it. */
  function lineOf(path: readonly PropertyKey[]): number {
    for (let length = path.length; length >= 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
    }
    return 1;
  }
}

function problem(
  file: string,
  line: number,
  code: MappingProblem['code'],
  message: string,
  mend: string,
): MappingProblem {
  return { code, file, line, message, mend };
}
