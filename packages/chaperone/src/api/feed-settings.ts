import { z } from 'zod';
import { Problem } from './problem.ts';

type Settings = Readonly<Record<string, unknown>>;

/** What stands for a secret that is kept. */
const SET = '(set)';

/** From where a feed is pulled, and how. */
export const feedSettings = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional(),
  collection: z.string().max(500).optional(),
  user: z.string().max(500).optional(),
  secret: z.string().max(4_000).nullable().optional().describe('null: none any more; left out or (set): as it is'),
  header: z.string().max(200).optional(),
  form: z.enum(['misp', 'csv', 'list']).optional(),
  whole: z.boolean().optional(),
  allow_private: z.boolean().optional(),
  allow_http: z.boolean().optional(),
});

/** Settings as they may be shown: the secret is never given back, sealed or not. */
export function shownFeedSettings(settings: unknown): Record<string, unknown> {
  const { secret, ...rest } = settings as Settings;
  return secret === undefined ? rest : { ...rest, secret: SET };
}

/**
 * The settings to store for a feed. A secret that is not given stays, as long as it goes to the same server in the same safety.
 *
 * @throws Problem 422 where the secret must be given again
 */
export function feedSettingsToStore(
  wanted: z.infer<typeof feedSettings>,
  stored: unknown,
  seal: (secret: string) => string,
): Record<string, unknown> {
  const before = (stored ?? {}) as Settings;
  const { secret, ...rest } = wanted;
  if (secret === null || secret === '') return rest;
  if (secret !== undefined && secret !== SET) return { ...rest, secret: seal(secret) };
  if (before.secret === undefined) return rest;
  if (destination(before) !== destination(rest))
    throw new Problem(
      422,
      'invalid',
      'secret: is to be given again, for the server that it is sent to changed',
      'Give the password or key, or null for none.',
    );
  return { ...rest, secret: before.secret };
}

/** Whether the next pull must begin anew, for the place that was kept is one of another list. */
export function otherList(before: unknown, after: Settings): boolean {
  const old = before as Settings;
  return ['url', 'collection', 'form'].some((name) => old[name] !== after[name]);
}

function destination(settings: Settings): string {
  const origin = typeof settings.url === 'string' ? new URL(settings.url).origin : '';
  return [origin, settings.allow_http === true, settings.allow_private === true].join(' ');
}
