/** `St. Mary’s Clinic` as it stands in addresses: `st-marys-clinic`. */
export function slugOf(name: string): string {
  const plain = name.normalize('NFKD').replace(/[\p{M}’']/gu, '');
  const slug = plain
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return slug === '' ? 'organization' : slug;
}
