import { useAddress } from './address.ts';

interface Props {
  /** what the search looks at; left out: no search */
  readonly search?: string;
  readonly choices?: readonly (readonly [
    name: string,
    title: string,
    values: readonly (string | readonly [string, string])[],
    /** what stands for no choice; `any` by default */
    none?: string,
  ])[];
  readonly texts?: readonly (readonly [name: string, title: string])[];
  /** days of the calendar, as `2026-11-25` */
  readonly days?: readonly (readonly [name: string, title: string])[];
}

/** Filters that live in the address bar, so that a link shows the same rows. */
export function FilterBar({ search, choices = [], texts = [], days = [] }: Props) {
  const [address, change] = useAddress();
  return (
    <search className="filters">
      {search !== undefined && (
        <label className="grow">
          Search
          <input
            type="search"
            placeholder={search}
            defaultValue={address.search ?? ''}
            key={address.search ?? ''}
            onKeyDown={(event) => event.key === 'Enter' && change({ search: event.currentTarget.value.trim() })}
            onBlur={(event) => change({ search: event.currentTarget.value.trim() })}
          />
        </label>
      )}
      {choices.map(([name, title, values, none = 'any']) => (
        <label key={name}>
          {title}
          <select value={address[name] ?? ''} onChange={(event) => change({ [name]: event.target.value })}>
            <option value="">{none}</option>
            {values.map((value) => {
              const [option, text] = typeof value === 'string' ? [value, value] : value;
              return (
                <option key={option} value={option}>
                  {text}
                </option>
              );
            })}
          </select>
        </label>
      ))}
      {texts.map(([name, title]) => (
        <label key={name}>
          {title}
          <input
            defaultValue={address[name] ?? ''}
            key={address[name] ?? ''}
            onKeyDown={(event) => event.key === 'Enter' && change({ [name]: event.currentTarget.value.trim() })}
            onBlur={(event) => change({ [name]: event.currentTarget.value.trim() })}
          />
        </label>
      ))}
      {days.map(([name, title]) => (
        <label key={name}>
          {title}
          <input
            type="date"
            defaultValue={address[name] ?? ''}
            key={address[name] ?? ''}
            onKeyDown={(event) => event.key === 'Enter' && change({ [name]: event.currentTarget.value })}
            onBlur={(event) => change({ [name]: event.currentTarget.value })}
          />
        </label>
      ))}
    </search>
  );
}
