import { useId } from 'react';

interface Props {
  readonly label: string;
  readonly name: string;
  readonly type?: string;
  readonly hint?: string;
  readonly value?: string;
  readonly required?: boolean;
  readonly autoComplete?: string;
  readonly options?: readonly (readonly [value: string, text: string])[];
  readonly rows?: number;
  readonly minLength?: number;
  readonly inputMode?: 'numeric';
  readonly changed?: (value: string) => void;
}

/** One labelled input, select or text area of a form. */
export function Field({
  label,
  hint,
  options,
  rows,
  value,
  type = 'text',
  autoComplete = 'off',
  changed,
  ...rest
}: Props) {
  const id = useId();
  const shared = {
    id,
    defaultValue: value,
    'aria-describedby': hint === undefined ? undefined : `${id}-hint`,
    ...rest,
  };
  return (
    <div className="field">
      <span>
        <label htmlFor={id}>{label}</label>
      </span>
      {options !== undefined ? (
        <select {...shared} onChange={(event) => changed?.(event.target.value)}>
          {options.map(([option, text]) => (
            <option key={option} value={option}>
              {text}
            </option>
          ))}
        </select>
      ) : rows !== undefined ? (
        <textarea {...shared} rows={rows} className="code" spellCheck={false} />
      ) : (
        <input {...shared} type={type} autoComplete={autoComplete} />
      )}
      {hint !== undefined && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  );
}
