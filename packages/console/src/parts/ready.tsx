import type { ReactNode } from 'react';
import { ErrorNote } from './error-note.tsx';

interface Reading<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

/** Shows what was read; until then keeps its place, and says so where it failed. */
export function Ready<Data>({ of, children }: { of: Reading<Data>; children: (data: Data) => ReactNode }) {
  if (of.data !== undefined) return children(of.data);
  if (of.error) return <ErrorNote error={of.error} retry={() => void of.refetch()} />;
  return (
    <p className="loading" role="status">
      Reading …
    </p>
  );
}
