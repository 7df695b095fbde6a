import { useProviders } from '../api/providers.ts';
import { Field } from './field.tsx';

interface Props {
  readonly label: string;
  readonly name: string;
  /** what stands for no provider; undefined: one must be chosen */
  readonly none?: string;
  /** short name of the one that it is now */
  readonly value?: string | null;
  readonly hint?: string;
}

/** One of the registry's providers, chosen by name. Where there is no registry yet its short name is written. */
export function ProviderField({ label, name, none, value, hint }: Props) {
  const providers = useProviders();
  const required = none === undefined;
  const now = value ?? '';
  if (providers.size === 0)
    return (
      <Field
        label={label}
        name={name}
        value={now}
        required={required}
        hint={`${hint === undefined ? '' : `${hint} `}Its short name in the registry, e.g. northgate.`}
      />
    );
  const known = [...providers];
  const gone = now !== '' && !providers.has(now) ? [[now, `${now}: not in the registry`] as const] : [];
  const options = [...(none === undefined ? [] : [['', none] as const]), ...known, ...gone];
  // made anew when the names are there, for a choice keeps what it began with
  return <Field key={known.length} label={label} name={name} value={now} options={options} hint={hint} />;
}
