import { Field } from '../../parts/field.tsx';
import { type Setting, services } from './fetched-services.ts';

interface Props {
  readonly service: string;
  /** as they are; undefined for a new source */
  readonly now?: Readonly<Record<string, unknown>>;
}

/** The fields of a service's settings. What is secret is written and never read back. */
export function FetchedFields({ service, now }: Props) {
  return (
    <>
      <p>{services[service]?.first}</p>
      {services[service]?.settings.map((setting) => (
        <OneField key={setting.name} setting={setting} now={now} />
      ))}
    </>
  );
}

function OneField({ setting, now }: { readonly setting: Setting; readonly now: Props['now'] }) {
  const { name, label, hint, as, required, choices = [] } = setting;
  const value = now?.[name];
  if (as === 'tick')
    return (
      <label className="tick">
        <input type="checkbox" name={name} defaultChecked={value === true} />
        <span>
          {label}
          {hint !== undefined && <small>{hint}</small>}
        </span>
      </label>
    );
  if (as === 'choices')
    return (
      <fieldset className="ticks">
        <legend>{label}</legend>
        {choices.map(([choice, text, ticked]) => (
          <label className="tick" key={choice}>
            <input
              type="checkbox"
              name={name}
              value={choice}
              defaultChecked={Array.isArray(value) ? value.includes(choice) : ticked}
            />
            <span>{text}</span>
          </label>
        ))}
      </fieldset>
    );
  if (as === 'secret' || as === 'kept') {
    const set = value !== undefined;
    return (
      <Field
        label={label}
        name={name}
        type={as === 'secret' ? 'password' : 'text'}
        autoComplete={as === 'secret' ? 'new-password' : 'off'}
        required={required && !set}
        hint={set ? 'One is kept; it is not shown. Empty: it stays as it is.' : hint}
      />
    );
  }
  return (
    <Field
      label={label}
      name={name}
      type={as === 'url' ? 'url' : 'text'}
      required={required}
      hint={hint}
      value={Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : ''}
    />
  );
}

/** The settings as the API takes them. What was left empty is left out: the API then keeps a secret, and its default else. */
export function settingsFrom(service: string, form: FormData): Record<string, unknown> {
  const settings: Record<string, unknown> = service === 'folder' ? {} : { service };
  for (const { name, as } of services[service]?.settings ?? []) {
    const text = String(form.get(name) ?? '').trim();
    if (as === 'tick') settings[name] = form.has(name) ? true : undefined;
    else if (as === 'choices') settings[name] = form.getAll(name);
    else if (text !== '') settings[name] = as === 'list' ? text.split(/[\s,]+/).filter((part) => part !== '') : text;
  }
  return settings;
}
