import { type ReactNode, useEffect } from 'react';

/** A page before anyone is signed in. */
export function Gate({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · Chaperone`;
  }, [title]);
  return (
    <main className="gate">
      <span className="brand">Chaperone</span>
      <h1>{title}</h1>
      {children}
    </main>
  );
}
