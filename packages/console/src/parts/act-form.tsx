import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ErrorNote } from './error-note.tsx';

export type Answers = (name: string) => string;

interface Props<Result> {
  readonly act: (answers: Answers, form: FormData) => Promise<Result>;
  readonly done?: (result: Result) => void;
  readonly label: string;
  readonly danger?: boolean;
  readonly wide?: boolean;
  readonly children?: ReactNode;
  readonly beside?: ReactNode;
}

/** A form that does one thing, says when it failed and why, and can't be sent twice while it runs. */
export function ActForm<Result>({ act, done, label, danger, wide, children, beside }: Props<Result>) {
  const doing = useMutation({
    mutationFn: (form: FormData) => act((name) => String(form.get(name) ?? '').trim(), form),
    onSuccess: done,
  });
  return (
    <form
      className={wide ? 'form wide' : 'form'}
      onSubmit={(event) => {
        event.preventDefault();
        if (!doing.isPending) doing.mutate(new FormData(event.currentTarget));
      }}
    >
      {children}
      {doing.error && <ErrorNote error={doing.error} />}
      <div className="acts">
        <button type="submit" className={`button ${danger ? 'danger' : 'main-act'}`} disabled={doing.isPending}>
          {label}
        </button>
        {beside}
      </div>
    </form>
  );
}
