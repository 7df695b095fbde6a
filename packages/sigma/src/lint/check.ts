import type { Code } from '../errors.ts';
import type { YamlMap } from '../load/yaml.ts';

/** What a check of the linter sees: one document and a way to say what should be otherwise. */
export interface LintDocument {
  readonly map: YamlMap;
  readonly kind: 'rule' | 'correlation' | 'filter';
  /** placeholders that have values elsewhere */
  readonly placeholders: ReadonlySet<string>;
  report(code: Code, at: number, message: string, mend: string): void;
}

export type Check = (document: LintDocument) => void;
