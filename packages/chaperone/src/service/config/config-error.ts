/** A mistake in the service's configuration file, told with its place and what mends it. */
export interface ConfigProblem {
  readonly file: string;
  /** 1-based; undefined where the mistake is that something is missing */
  readonly line: number | undefined;
  /** dotted path of the setting, `''` for the whole file */
  readonly setting: string;
  readonly message: string;
  readonly mend: string;
}

export class ConfigError extends Error {
  readonly code = 'config_invalid';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(say).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

function say({ file, line, setting, message, mend }: ConfigProblem): string {
  const place = line === undefined ? file : `${file}:${line}`;
  return `${place}: ${setting === '' ? '' : `${setting}: `}${message}. ${mend}`;
}
