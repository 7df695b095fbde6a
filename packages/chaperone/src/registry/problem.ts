/** Stable codes of what can be wrong with a registry file. */
export type ProblemCode =
  | 'REGISTRY_TOO_LARGE'
  | 'REGISTRY_NOT_YAML'
  | 'REGISTRY_SHAPE'
  | 'REGISTRY_UNKNOWN_KEY'
  | 'REGISTRY_MISSING_KEY'
  | 'REGISTRY_VALUE'
  | 'REGISTRY_ZONE'
  | 'REGISTRY_NETWORK'
  | 'REGISTRY_HOURS'
  | 'REGISTRY_DATE'
  | 'REGISTRY_ORDER'
  | 'REGISTRY_DUPLICATE'
  | 'REGISTRY_CONTRADICTION'
  | 'REGISTRY_REFERENCE'
  | 'REGISTRY_TOO_WIDE'
  | 'REGISTRY_TICKETS'
  | 'REGISTRY_ADVICE';

/**
 * One thing wrong with a registry file, at the place where it stands. An `error` is set aside: what it touches
 * (`setAside`, e.g. `providers[0].accounts[2]`) is left out, or, where two items contradict each other, is kept as contested. A
 * `warning` changes nothing. `fatal` errors leave no registry at all.
 */
export interface RegistryProblem {
  readonly severity: 'error' | 'warning';
  readonly fatal?: boolean;
  readonly code: ProblemCode;
  readonly message: string;
  /** what to do about it */
  readonly mend: string;
  readonly file: string;
  /** 1-based */
  readonly line: number;
  /** 1-based */
  readonly column: number;
  /** where in the document, e.g. `providers[0].terms[1].when.hours` */
  readonly path: string;
  readonly setAside?: string;
}

/** A problem as one line of text with its mend on a second: `chaperone.yaml:12:7: error REGISTRY_ZONE: ...`. */
export function formatProblem(problem: RegistryProblem): string {
  const head = `${problem.file}:${problem.line}:${problem.column}: ${problem.severity} ${problem.code}: ${problem.message}`;
  const aside = problem.setAside === undefined ? '' : ` (set aside: ${problem.setAside})`;
  return `${head}${aside}\n  ${problem.mend}`;
}
