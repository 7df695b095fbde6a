import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScanResult } from '../detection/index.ts';
import { findingsCsv } from './csv.ts';
import { reportPage } from './html/page.ts';
import { findingsOcsf } from './ocsf.ts';
import { readFindings } from './read-findings.ts';
import { findingsTimesketch } from './timesketch.ts';
import { writeAtomically } from './write-atomically.ts';

/** The extra forms of findings that a user may ask for. */
export const formats = ['csv', 'ocsf', 'timesketch'] as const;
export type Format = (typeof formats)[number];

export interface ReportOptions {
  /** folder in which the scan already wrote `findings.jsonl` */
  readonly out: string;
  readonly formats: readonly Format[];
  /** whether to write `report.html` */
  readonly page: boolean;
  /** IANA zone for the page; files for machines are always in UTC */
  readonly zone: string;
}

export const findingsFile = 'findings.jsonl';
export const summaryFile = 'summary.json';
export const pageFile = 'report.html';
/** the registry that the logs suggest, where none was given */
export const proposalFile = 'chaperone.proposed.yaml';
const formatFiles: Readonly<Record<Format, string>> = {
  csv: 'findings.csv',
  ocsf: 'findings.ocsf.jsonl',
  timesketch: 'findings.timesketch.jsonl',
};

/** Every file that a scan may leave in its folder. */
export const reportFiles: readonly string[] = [
  findingsFile,
  summaryFile,
  pageFile,
  proposalFile,
  ...Object.values(formatFiles),
];

/**
 * Writes everything that stands beside `findings.jsonl`: the summary last, so that its presence means that the rest
 * is there, each file whole or not at all. Findings are streamed: memory does not grow with their number.
 *
 * @returns paths of the files in the folder
 * @throws {ReportError} when a file can't be written
 */
export async function writeReports(result: ScanResult, options: ReportOptions): Promise<{ files: string[] }> {
  const source = join(options.out, findingsFile);
  const written = [findingsFile];
  for (const format of options.formats) {
    const make = { csv: findingsCsv, ocsf: findingsOcsf, timesketch: findingsTimesketch }[format];
    await writeAtomically(join(options.out, formatFiles[format]), make(readFindings(source), result.summary));
    written.push(formatFiles[format]);
  }
  if (result.proposal !== null) {
    await writeAtomically(join(options.out, proposalFile), [result.proposal]);
    written.push(proposalFile);
  }
  if (options.page) {
    const beside = [...written, summaryFile];
    await writeAtomically(join(options.out, pageFile), reportPage(result, { zone: options.zone, beside }));
    written.push(pageFile);
  }
  await writeAtomically(join(options.out, summaryFile), [`${JSON.stringify(result.summary, null, 2)}\n`]);
  written.push(summaryFile);
  return { files: written.map((name) => join(options.out, name)) };
}

/** Removes what an earlier scan left in a folder, and nothing else, so that old and new never stand side by side. */
export async function clearReports(out: string): Promise<void> {
  for (const name of reportFiles) await rm(join(out, name), { force: true });
}
