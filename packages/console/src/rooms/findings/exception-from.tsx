import { useQueryClient } from '@tanstack/react-query';
import type { Finding } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { DialogButton } from '../../parts/dialog-button.tsx';
import { ExceptionForm } from '../exceptions/exception-form.tsx';

/** Makes an exception from a finding: its rule and subjects are filled in and can be widened. */
export function ExceptionFrom({ finding }: { readonly finding: Finding }) {
  const { api } = useOrganization();
  const client = useQueryClient();
  const { detector, rule_id, provider, account, host, src_ip } = finding;
  // a silence is about one source; anything else, whatever source tells of it
  const source_id = detector === 'silence' ? finding.source_id : null;
  return (
    <div className="acts">
      <DialogButton label="Make an exception from this" title="An exception from this finding">
        {(close) => (
          <ExceptionForm
            first={{ detector, rule_id, provider, account, host, src_ip, source_id }}
            rule={finding.rule_title}
            done={() => {
              void client.invalidateQueries({ queryKey: [api] });
              close();
            }}
          />
        )}
      </DialogButton>
    </div>
  );
}
