import { type ReactNode, useEffect } from 'react';

interface Props {
  readonly title: string;
  /** one sentence on what this room is for */
  readonly about?: ReactNode;
  readonly acts?: ReactNode;
  readonly children: ReactNode;
}

/** A room's page: its title is also the document's. */
export function Page({ title, about, acts, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Chaperone`;
  }, [title]);
  return (
    <>
      <header className="page-head">
        <h1>{title}</h1>
        {acts !== undefined && <div className="acts">{acts}</div>}
        {about !== undefined && <p>{about}</p>}
      </header>
      {children}
    </>
  );
}
