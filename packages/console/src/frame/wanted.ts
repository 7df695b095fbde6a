const place = 'chaperone-wanted';

/** Keeps where somebody wanted to go before they had to sign in; it outlives the way over an identity provider. */
export function rememberWanted(path: string): void {
  if (path.startsWith('/o/')) sessionStorage.setItem(place, path);
}

/** Where they wanted to go, once. */
export function takeWanted(): string | undefined {
  const path = sessionStorage.getItem(place) ?? undefined;
  sessionStorage.removeItem(place);
  return path;
}
