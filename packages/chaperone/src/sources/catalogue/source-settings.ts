import { z } from 'zod';
import type { SourceTable } from '../../storage/index.ts';
import { PULL_SECRETS, pullSettingsSchema } from '../pull/settings.ts';

type Settings = Readonly<Record<string, unknown>>;

/** Settings that can't be used. */
export class SettingsRefused extends Error {
  /** each field that is wrong, in words */
  readonly problems: readonly { readonly field: string; readonly message: string }[];

  constructor(problems: SettingsRefused['problems']) {
    super(problems.map(({ field, message }) => `${field}: ${message}`).join('; '));
    this.problems = problems;
  }
}

/** What the API shows where a setting is a secret or half of one. */
const SET = '(set)';
/** Shown as `(set)`. */
const HIDDEN = /secret|password|token|key/i;
/** Where secrets are sent, and how safely. Change one, and a kept secret would go where its giver never sent it. */
const DESTINATION = ['service', 'endpoint', 'login', 'api', 'domain', 'allow_http', 'allow_private'];

const folder = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(1000)
    .regex(/^(\/|[a-zA-Z]:\\|\\\\)/, 'is no full path: it begins with /'),
  include: z.string().min(1).max(200).optional(),
});

/** Settings as they may be shown: secrets are never given back, sealed or not. */
export function shownSettings(settings: Settings): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, HIDDEN.test(name) ? SET : value]));
}

/**
 * The settings to store for a source: checked, and secrets sealed. A hidden setting that is left out or given as `(set)` keeps its stored value
 * as long as what it is sent to stays the same.
 *
 * @param stored what is stored now; undefined for a new source
 * @throws SettingsRefused
 */
export function settingsToStore(
  kind: SourceTable['kind'],
  wanted: Settings,
  stored: Settings | undefined,
  seal: (secret: string) => string,
): Record<string, unknown> {
  if (kind === 'folder') return checked(folder, wanted);
  if (kind !== 'pull') {
    if (Object.keys(wanted).length > 0)
      throw new SettingsRefused([{ field: 'settings', message: `a source of kind ${kind} has none` }]);
    return {};
  }
  const given = Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => !HIDDEN.test(name) || isGiven(value)),
  );
  const kept = stored === undefined ? {} : hiddenOf(stored, given);
  const before = stored === undefined ? undefined : pullSettingsSchema.safeParse(stored).data;
  const settings = checked(pullSettingsSchema, { ...kept, ...given });
  const moved =
    before !== undefined && DESTINATION.some((name) => destinationIn(before, name) !== destinationIn(settings, name));
  const sealed = PULL_SECRETS.filter((name) => name in settings && !(name in given));
  if (moved && sealed.length > 0)
    throw new SettingsRefused(
      sealed.map((field) => ({ field, message: 'is to be given again, for the server that it is sent to changed' })),
    );
  for (const name of PULL_SECRETS) if (name in given && name in settings) settings[name] = seal(String(settings[name]));
  return settings;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== SET;
}

/** The hidden settings of before that stay, where the service stays the same. */
function hiddenOf(stored: Settings, given: Settings): Record<string, unknown> {
  if (stored.service !== given.service) return {};
  return Object.fromEntries(Object.entries(stored).filter(([name]) => HIDDEN.test(name)));
}

function destinationIn(settings: Settings, name: string): unknown {
  return settings[name] ?? (name.startsWith('allow_') ? false : undefined);
}

function checked(schema: z.ZodType, settings: Settings): Record<string, unknown> {
  const parsed = schema.safeParse(settings);
  if (parsed.success) return parsed.data as Record<string, unknown>;
  throw new SettingsRefused(
    parsed.error.issues.map(({ path, message }) => ({ field: path.join('.') || 'settings', message })),
  );
}
