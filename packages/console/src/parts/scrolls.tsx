import type { ReactNode, RefObject } from 'react';

interface Props {
  readonly label: string;
  readonly className?: string;
  readonly box?: RefObject<HTMLElement | null>;
  readonly children: ReactNode;
}

/** Something that may be larger than its place: a named region that the keyboard reaches, so that it can be scrolled. */
export function Scrolls({ label, className = 'scrolls', box, children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={className} ref={box} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
