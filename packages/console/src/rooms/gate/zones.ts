/** All zones that the browser knows, the browser's own first. */
export function zones(): readonly (readonly [string, string])[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const all = Intl.supportedValuesOf('timeZone').filter((zone) => zone !== own && zone !== 'UTC');
  return [...new Set([own, 'UTC', ...all])].map((zone) => [zone, zone]);
}
