import type { ReactNode } from 'react';

export function Note({ tone = '', children }: { tone?: '' | 'partial' | 'good' | 'error'; children: ReactNode }) {
  return <div className={`note ${tone}`}>{children}</div>;
}
