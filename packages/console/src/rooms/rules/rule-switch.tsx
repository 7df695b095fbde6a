import { useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import type { Rule } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';

/** Switches a rule on or off for this organisation; the decision survives updates of its pack. */
export function RuleSwitch({ rule }: { readonly rule: Rule }) {
  const { api } = useOrganization();
  const client = useQueryClient();
  const { id, enabled } = rule;
  return (
    <section className="stack close">
      <h2>{enabled ? 'Switch it off' : 'Switch it on'}</h2>
      <ActForm
        key={String(enabled)}
        label={enabled ? 'Switch off' : 'Switch on'}
        danger={enabled}
        act={(answer) =>
          call('PATCH', `${api}/rules/${encodeURIComponent(id)}`, {
            body: { enabled: !enabled, reason: answer('reason') },
          })
        }
        done={() => void client.invalidateQueries({ queryKey: [api, 'rules'] })}
      >
        <Field
          label="Reason"
          name="reason"
          required={enabled}
          hint={
            enabled
              ? 'What it looks for is no longer found. An exception is narrower, and ends.'
              : 'Stored events are judged by it too, and it is said when they were.'
          }
        />
      </ActForm>
    </section>
  );
}
