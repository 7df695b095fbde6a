import { useEffect } from 'react';

/** j and k walk the rows, / goes to the search, ? shows the keys. Silent while something is typed or a dialog is open. */
export function useKeys(help: () => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (target.closest('input, textarea, select, [role="dialog"], [contenteditable]') !== null) return;
      if (event.key === 'j' || event.key === 'k') walk(event.key === 'j' ? 1 : -1);
      else if (event.key === '/') document.querySelector<HTMLElement>('input[type="search"]')?.focus();
      else if (event.key === '?') help();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, [help]);
}

function walk(by: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const now = rows.findIndex((row) => row.closest('tr')?.contains(document.activeElement));
  const picked = rows.findIndex((row) => row.closest('tr')?.classList.contains('picked'));
  const next = now < 0 ? Math.max(picked, 0) : Math.min(Math.max(now + by, 0), rows.length - 1);
  rows[next]?.focus();
  rows[next]?.scrollIntoView({ block: 'nearest' });
}
