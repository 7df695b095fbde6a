import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useRef } from 'react';
import { ErrorNote } from './error-note.tsx';

export type Answers = (name: string) => string;

interface Props<Result> {
  readonly act: (answers: Answers, form: FormData) => Promise<Result>;
  readonly done?: (result: Result) => void;
  readonly label: string;
  readonly danger?: boolean;
  /** one way of several: not the one that stands out */
  readonly quiet?: boolean;
  readonly wide?: boolean;
  /** empties its fields when it was done */
  readonly clears?: boolean;
  readonly children?: ReactNode;
  readonly beside?: ReactNode;
}

/** A form that does one thing, says when it failed and why, and can't be sent twice while it runs. */
export function ActForm<Result>({ act, done, label, danger, quiet, wide, clears, children, beside }: Props<Result>) {
  const own = useRef<HTMLFormElement>(null);
  const doing = useMutation({
    mutationFn: (form: FormData) => act((name) => String(form.get(name) ?? '').trim(), form),
    onSuccess: (result) => {
      if (clears) own.current?.reset();
      done?.(result);
    },
  });
  return (
    <form
      ref={own}
      className={wide ? 'form wide' : 'form'}
      onSubmit={(event) => {
        event.preventDefault();
        if (!doing.isPending) doing.mutate(new FormData(event.currentTarget));
      }}
    >
      {children}
      {doing.error && <ErrorNote error={doing.error} />}
      <div className="acts">
        <button
          type="submit"
          className={`button ${danger ? 'danger' : quiet ? '' : 'main-act'}`}
          disabled={doing.isPending}
        >
          {label}
        </button>
        {beside}
      </div>
    </form>
  );
}
