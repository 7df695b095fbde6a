import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { RuleTest } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { ActForm } from '../../parts/act-form.tsx';
import { Field } from '../../parts/field.tsx';
import { RuleTestResult } from './rule-test-result.tsx';

/** Tests a rule against stored events before it is switched on. `rule` is its id or its YAML. */
export function RuleTry({ rule }: { readonly rule: string | (() => string) }) {
  const { api } = useOrganization();
  const [result, setResult] = useState<RuleTest>();
  return (
    <section className="stack close">
      <h2>Test it against the past</h2>
      <ActForm
        label="Test"
        act={(answer) => {
          const to = new Date();
          const from = new Date(to.getTime() - Number(answer('days')) * 86_400_000);
          return call<RuleTest>('POST', `${api}/rules/test`, {
            body: { rule: typeof rule === 'string' ? rule : rule(), from: from.toISOString(), to: to.toISOString() },
          });
        }}
        done={setResult}
      >
        <Field
          label="Events of the last"
          name="days"
          value="30"
          options={[
            ['1', 'day'],
            ['7', 'seven days'],
            ['30', '30 days'],
            ['365', 'year'],
          ]}
        />
      </ActForm>
      {result !== undefined && <RuleTestResult result={result} />}
    </section>
  );
}
