import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * How a remote-management tool shows itself, by facts from LOLRMM (content/rmm/, see the NOTICE there). All lower case.
 */
export interface RmmTool {
  readonly name: string;
  /** file names of its programs that no other common program has */
  readonly files?: readonly string[];
  /** pieces of install paths that name it, e.g. `\screenconnect client` */
  readonly folders?: readonly string[];
  /** Windows service names; may hold `*` */
  readonly services?: readonly string[];
  /** domains: the domain itself and everything under it */
  readonly domains?: readonly string[];
  readonly signers?: readonly string[];
}

const DATA = fileURLToPath(new URL('../../../../content/rmm/rmm-tools.json', import.meta.url));
let known: readonly RmmTool[] | undefined;

/** The tools that are known by their traces. An installation without the data file knows none, and attribution says less. */
export function loadRmmTools(): readonly RmmTool[] {
  if (known === undefined) {
    try {
      known = (JSON.parse(readFileSync(DATA, 'utf8')) as { tools: RmmTool[] }).tools;
    } catch {
      known = [];
    }
  }
  return known;
}
