import type { Source } from './discover/source.ts';
import type { Unread } from './event.ts';
import { FRAMING_LIMITS, type FramingLimits, ToUtf8 } from './framing/index.ts';
import { framerFor, type SniffedText } from './sniff/index.ts';
import { type UnreadCode, unread } from './unread.ts';

/** One record as it stood in its file, not yet decoded. */
export interface FramedRecord {
  readonly text: string;
  /** 1-based line, or number of the record in its document */
  readonly record: number;
}

const MENDS: Partial<Record<UnreadCode, string>> = {
  record_too_long: 'If it is a log, export it with shorter records.',
};

/**
 * The records of a text source, in groups of what one piece of it held: lines, objects of a JSON document, elements of XML, in UTF-8
 * whatever the file's encoding. For whoever hands them on undecoded; what can't be framed is reported.
 */
export async function* frameRecords(
  source: Source,
  sniffed: Omit<SniffedText, 'kind' | 'format'>,
  report: (problem: Unread) => void,
  limits: FramingLimits = FRAMING_LIMITS,
): AsyncGenerator<FramedRecord[]> {
  let held: FramedRecord[] = [];
  const framer = framerFor(
    sniffed,
    {
      onRecord: (text, record) => {
        if (text.trim() !== '' && !isEmptyWrapper(text, sniffed.containers)) held.push({ text, record });
      },
      onProblem: (code, message, record) =>
        report(unread(code, source.path, message, MENDS[code] ?? 'Look at the record.', { record })),
    },
    limits,
  );
  const utf8 = new ToUtf8(sniffed.encoding, sniffed.mark, () =>
    report(
      unread(
        'text_invalid',
        source.path,
        'holds bytes that are no text in its encoding; they were replaced',
        'Nothing to do, unless the file was damaged.',
        { records: 0 },
      ),
    ),
  );
  for await (const chunk of source.bytes(report)) {
    framer.feed(utf8.convert(chunk));
    if (held.length === 0) continue;
    yield held;
    held = [];
  }
  framer.feed(utf8.end());
  framer.end();
  if (held.length > 0) yield held;
}

// `{"Records": []}`: a document whose list is empty is itself given as a record.
function isEmptyWrapper(text: string, containers: readonly string[]): boolean {
  if (containers.length === 0 || text.length > 2_000 || !/:\s*\[\s*\]/.test(text)) return false;
  try {
    const json = JSON.parse(text) as Record<string, unknown>;
    return containers.some((key) => Array.isArray(json[key]) && json[key].length === 0);
  } catch {
    return false;
  }
}
