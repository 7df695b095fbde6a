export { verdictWords } from './html/verdict.ts';
export { cut, inert, inertBlock } from './inert.ts';
export { readFindings } from './read-findings.ts';
export { ReportError } from './report-error.ts';
export { counted, duration, levels, number, rank, size } from './words.ts';
export {
  clearReports,
  type Format,
  findingsFile,
  formats,
  pageFile,
  proposalFile,
  reportFiles,
  summaryFile,
  writeReports,
} from './write-reports.ts';
export { isZone, type ZoneClock, zoneClock } from './zone-clock.ts';
