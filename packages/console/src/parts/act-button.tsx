import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

interface Props {
  readonly label: string;
  /** asked before it is done, where it can't be undone with a click */
  readonly sure?: string;
  readonly act: () => Promise<unknown>;
  readonly main?: boolean;
}

/** A button that does one thing at once, or after a second click where `sure` asks. */
export function ActButton({ label, sure, act, main }: Props) {
  const [asked, setAsked] = useState(false);
  const doing = useMutation({ mutationFn: act });
  useEffect(() => {
    if (!asked) return;
    const timer = setTimeout(() => setAsked(false), 8000);
    return () => clearTimeout(timer);
  }, [asked]);
  return (
    <>
      <button
        type="button"
        className={`button ${asked ? 'danger' : main ? 'main-act' : ''}`}
        disabled={doing.isPending}
        onClick={(event) => {
          event.stopPropagation();
          if (sure !== undefined && !asked) return setAsked(true);
          setAsked(false);
          doing.mutate();
        }}
      >
        {asked ? sure : label}
      </button>
      {doing.error && (
        <span role="alert" className="tone-critical">
          {doing.error.message}
        </span>
      )}
    </>
  );
}
