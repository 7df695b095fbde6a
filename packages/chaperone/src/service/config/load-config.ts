import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import { ConfigError, type ConfigProblem } from './config-error.ts';
import { configSchema, type ServiceConfig } from './config-schema.ts';

/**
 * Reads the service's configuration. `CHAPERONE_DATA`, `CHAPERONE_STATE_URL`, `CHAPERONE_EVENTS_URL`, `_USER` and `_PASSWORD` stand above
 * the file, so that passwords needn't stand in it. Paths in the result are absolute, relative ones being taken from the file's folder.
 *
 * @throws ConfigError with every mistake, its line and its mend
 */
export function loadConfig(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): ServiceConfig {
  if (file === undefined) return settled(configSchema.parse(withEnvironment({}, env)), cwd);
  const path = resolve(cwd, file);
  const lines = new LineCounter();
  const document = parseDocument(read(path), { lineCounter: lines, uniqueKeys: true });
  const lineAt = (offset: number) => lines.linePos(offset).line;
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map((error) => ({
        file,
        line: lineAt(error.pos[0]),
        setting: '',
        message: error.message.split('\n')[0].replace(/ at line .*$/, ''),
        mend: 'Mend the YAML; docs/service.md has an example.',
      })),
    );
  }
  const parsed = configSchema.safeParse(withEnvironment(document.toJS() ?? {}, env));
  if (parsed.success) return settled(parsed.data, dirname(path));
  throw new ConfigError(
    parsed.error.issues.map((issue): ConfigProblem => {
      const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
      const setting = [...issue.path, ...(unknown === undefined ? [] : [unknown])];
      const offset = offsetOf(document, setting);
      return {
        file,
        line: offset === undefined ? undefined : lineAt(offset),
        setting: setting.join('.'),
        message: unknown === undefined ? issue.message : 'is no setting that is known',
        mend: 'docs/service.md lists the settings with their defaults.',
      };
    }),
  );
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^\w+: /, '') : String(error);
    throw new ConfigError([
      {
        file: path,
        line: undefined,
        setting: '',
        message: `can't be read: ${reason}`,
        mend: 'Check the path and its permissions.',
      },
    ]);
  }
}

function withEnvironment(value: unknown, env: Readonly<Record<string, string | undefined>>): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const config: Record<string, unknown> = { ...value };
  if (env.CHAPERONE_DATA !== undefined) config.data = env.CHAPERONE_DATA;
  if (env.CHAPERONE_STATE_URL !== undefined) config.state = { url: env.CHAPERONE_STATE_URL };
  if (env.CHAPERONE_EVENTS_URL !== undefined)
    config.events = { ...(config.events as object), url: env.CHAPERONE_EVENTS_URL };
  if (config.events !== undefined) {
    const events = {
      ...(config.events as object),
      ...(env.CHAPERONE_EVENTS_USER === undefined ? {} : { user: env.CHAPERONE_EVENTS_USER }),
    };
    config.events = {
      ...events,
      ...(env.CHAPERONE_EVENTS_PASSWORD === undefined ? {} : { password: env.CHAPERONE_EVENTS_PASSWORD }),
    };
  }
  return config;
}

function settled(config: ServiceConfig, base: string): ServiceConfig {
  return { ...config, data: resolve(base, config.data), rules: config.rules.map((folder) => resolve(base, folder)) };
}

/** Where a setting stands, or the innermost thing around it that is there. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => String(key) === String(path[length - 1]));
      if (pair !== undefined && isNode(pair.key) && pair.key.range != null) return pair.key.range[0];
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range != null) return node.range[0];
  }
  return undefined;
}
