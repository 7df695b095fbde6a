import { createReadStream } from 'node:fs';
import type { Finding } from '../detection/index.ts';
import { ReportError } from './report-error.ts';

/**
 * The findings of a `findings.jsonl`, one at a time: memory does not grow with their number.
 *
 * @throws {ReportError} `broken_findings` when a line is no JSON object; says which
 */
export async function* readFindings(file: string): AsyncGenerator<Finding> {
  const input = createReadStream(file, { encoding: 'utf8', highWaterMark: 262_144 });
  let number = 0;
  let rest = '';
  try {
    for await (const chunk of input as AsyncIterable<string>) {
      const text = rest === '' ? chunk : rest + chunk;
      let from = 0;
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
        number++;
        if (end > from) yield parse(text.slice(from, end), file, number);
        from = end + 1;
      }
      rest = text.slice(from);
    }
    if (rest.trim() !== '') yield parse(rest, file, number + 1);
  } finally {
    input.destroy();
  }
}

function parse(line: string, file: string, number: number): Finding {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Finding;
  } catch {
    // the same message for every kind of broken line
  }
  throw new ReportError(
    'broken_findings',
    file,
    `${file}: line ${number} is not a finding`,
    'The file was changed or cut after the scan wrote it. Scan again.',
  );
}
