import { useState } from 'react';

/** Hidden columns of a table, kept in this browser. */
export function useHidden(table: string, first: readonly string[]) {
  const key = `chaperone.columns.${table}`;
  const [hidden, setHidden] = useState<ReadonlySet<string>>(() => new Set(read(key) ?? first));
  const change = (next: ReadonlySet<string>) => {
    setHidden(next);
    try {
      localStorage.setItem(key, JSON.stringify([...next]));
    } catch {
      // a browser that keeps nothing shows the first choice next time
    }
  };
  return [hidden, change] as const;
}

function read(key: string): string[] | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    return Array.isArray(kept) ? kept.map(String) : undefined;
  } catch {
    return undefined;
  }
}
