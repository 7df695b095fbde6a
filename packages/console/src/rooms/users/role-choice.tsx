import type { Member } from '../../api/model.ts';
import { roleOptions } from './role-words.ts';

export function RoleChoice({ user, change }: { readonly user: Member; readonly change: (role: string) => void }) {
  return (
    <select aria-label={`Role of ${user.name}`} value={user.role} onChange={(event) => change(event.target.value)}>
      {roleOptions
        // a provider's reader belongs to a provider, which only the invitation asks for
        .filter(([role]) => role !== 'provider_reader' || user.role === role)
        .map(([role]) => (
          <option key={role} value={role}>
            {role.replace('_', ' ')}
          </option>
        ))}
    </select>
  );
}
