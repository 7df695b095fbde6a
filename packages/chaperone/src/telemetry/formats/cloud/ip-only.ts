/** An address, or undefined for a name. Takes the port off where one is attached: `203.0.113.9:50123`, `[2001:db8::1]:443`. */
export function ipOnly(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length < 2 || value.length > 64) return undefined;
  const four = /^(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?::\d{1,5})?$/.exec(value);
  if (four !== null) return four[1];
  const six = /^\[?([0-9a-fA-F:.]{2,45})(?:%\w{1,16})?(?:\](?::\d{1,5})?)?$/.exec(value)?.[1];
  return six?.includes(':') ? six : undefined;
}
