/**
 * Every code that the loader, the linter and the pipelines can give, with what it means. Codes are stable: tools may
 * match on them. `docs/sigma-codes.md` explains each one; a test keeps both lists the same.
 */
export const CODES = {
  // reading the file
  'source-too-large': 'the text is longer than the limit',
  'source-empty': 'the file holds no document',
  'yaml-syntax': 'the text is not well-formed YAML',
  'yaml-duplicate-key': 'a key stands twice in one map',
  'yaml-alias': 'an alias names no anchor, or one that encloses it',
  'yaml-bomb': 'aliases expand to more nodes than the limit',
  'yaml-tag': 'a YAML tag that has no meaning in Sigma',
  'yaml-key': 'a map key that is itself a list or a map',
  // the document
  'document-not-map': 'the document is not a map',
  'document-kind': 'the document has neither detection, correlation nor filter',
  'document-type': 'an attribute has the wrong type',
  'collection-action': 'an `action` between documents that cannot be followed',
  'level-unknown': 'the level is none of the five',
  'logsource-missing': 'the rule has no log source',
  'logsource-empty': 'the log source states nothing',
  'taxonomy-custom': 'the rule is written in another taxonomy and no pipeline was given',
  // detection
  'detection-empty': 'a detection or selection holds nothing',
  'detection-structure': 'a selection is shaped in a way that has no meaning',
  'modifier-unknown': 'a modifier that does not exist',
  'modifier-type': 'a modifier that does not fit the value',
  'modifier-order': 'modifiers that do not go together in this order',
  'keyword-value': 'a keyword that cannot be searched for',
  'regex-syntax': 'the regular expression is malformed',
  'regex-construct': 'the regular expression uses what a linear-time engine cannot do',
  'regex-size': 'the regular expression is too large',
  'cidr-invalid': 'the network is not an address with a prefix',
  'encode-wildcard': 'wildcards or placeholders cannot be encoded',
  'expand-limit': 'a value expands to more alternatives than the limit',
  'placeholder-unresolved': 'a placeholder has no values',
  // condition
  'condition-missing': 'there is no condition',
  'condition-syntax': 'the condition does not parse',
  'condition-name': 'the condition names a selection that does not exist',
  'condition-pattern': 'a pattern of the condition fits no selection',
  'condition-aggregation': 'the old pipe syntax, replaced by correlations',
  'condition-depth': 'the condition nests deeper than the limit',
  'condition-length': 'the condition is longer than the limit',
  // correlations and filters
  'correlation-type': 'the correlation type is missing or unknown',
  'correlation-rules': 'the correlation names no rules',
  'correlation-timespan': 'the time span is missing or malformed',
  'correlation-condition': 'the condition of the correlation is missing or malformed',
  'correlation-field': 'the correlation needs a field to look at',
  'correlation-alias': 'an alias is malformed or names a rule that is not correlated',
  'reference-missing': 'a rule is referred to that was not loaded',
  'reference-refused': 'a rule is referred to that was itself refused',
  'reference-ambiguous': 'a reference fits more than one rule',
  'reference-cycle': 'correlations refer to each other in a circle',
  'filter-rules': 'the filter does not say which rules it applies to',
  // pipelines
  'pipeline-structure': 'the pipeline is shaped in a way that has no meaning',
  'pipeline-transformation': 'a transformation that is unknown or cannot run here',
  'pipeline-condition': 'a pipeline condition that is unknown or malformed',
  'pipeline-failure': 'a pipeline refused the rule on purpose',
  'pipeline-ignored': 'a part of the pipeline has no effect here',
  // warnings: the rule runs all the same
  'id-duplicate': 'several documents have the same id',
  'name-duplicate': 'several documents have the same name',
  'condition-timeframe': '`timeframe` belongs to the old pipe syntax and has no effect',
  'all-single': '`all` with fewer than two values',
  'cidr-host-bits': 'the network has bits set beyond its prefix',
  'compare-text': 'a comparison with a number in quotes',
  'encode-plain': 'an encoding that is not followed by a search inside the value',
  'modifier-case': 'a modifier that is not in lower case',
  'level-missing': 'no level is given',
  'filter-unused': 'the filter applies to no rule',
  'filter-inclusion': 'the filter keeps what it describes instead of leaving it out',
  // lint only
  'title-missing': 'no title is given',
  'title-length': 'the title is longer than 256 characters',
  'id-missing': 'no id is given',
  'id-form': 'the id is not a UUID',
  'status-missing': 'no status is given',
  'status-unknown': 'the status is none of the five',
  'description-missing': 'no description is given',
  'date-form': 'a date that is not YYYY-MM-DD',
  'tag-form': 'a tag that is not namespace.value',
  'logsource-key': 'an attribute that a log source does not have',
  'logsource-value': 'a log source value that is not in lower case without spaces',
  'selection-unused': 'a selection that the condition does not use',
  'of-single': '`of` over one selection',
  'keyword-case': '`and`, `or`, `not` or `of` that is not in lower case',
  'value-space': 'a value that starts or ends with a space',
  'value-duplicate': 'a value that stands twice in one list',
  'wildcard-modifier': 'a wildcard at the edge where a modifier says the same',
  'regex-plain': 'a regular expression that a plain modifier can say',
  'regex-unanchored-any': 'a `.*` at the edge of a regular expression that searches anyway',
  'placeholder-unbound': 'a placeholder that this file cannot resolve',
  'attribute-unknown': 'an attribute close to a known name',
} as const;

export type Code = keyof typeof CODES;

/**
 * Stops the reading of one document: thrown inside the loader, caught at the document's border and turned into a
 * `Refusal`. Never leaves the package.
 */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: Code;
  readonly mend: string;
  /** offset in the text of the source, or undefined where the place is the document's start */
  readonly at: number | undefined;

  constructor(code: Code, at: number | undefined, message: string, mend: string) {
    super(message);
    this.code = code;
    this.at = at;
    this.mend = mend;
  }
}

/** Refuses the document being read. */
export function refuse(code: Code, at: number | undefined, message: string, mend: string): never {
  throw new Refused(code, at, message, mend);
}

/** Quotes text that stands in a message, cut to a length that a terminal bears. */
export function quote(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  return `\`${short}\``;
}

/** Words that are compared: a hostile rule may have any number of selections. */
const MAX_CANDIDATES = 1000;

/** The known word nearest to what was written, for "did you mean"; undefined where none is near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  // long words and ids are copied, not typed
  if (word.length > 64 || /^[0-9a-f-]{36}$/i.test(word)) return undefined;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  let left = MAX_CANDIDATES;
  for (const candidate of known) {
    if (left-- === 0) break;
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Names for a message, the first few of many. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 20).map(quote).join(', ');
  return names.length > 20 ? `${shown} and ${names.length - 20} more` : shown;
}

/** " Did you mean `x`?" or nothing. */
export function suggestion(word: string, known: Iterable<string>): string {
  const near = nearest(word, known);
  return near === undefined ? '' : ` Did you mean ${quote(near)}?`;
}

/** Edits from one word to the other, where swapping two neighbours is one edit: it is how people mistype. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + cost));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    before = row;
    row = next;
  }
  return row[b.length];
}
