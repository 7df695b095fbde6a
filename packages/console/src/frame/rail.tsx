import { useLocation, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Membership, Role, Session } from '../api/model.ts';
import { ThemeSwitch } from './theme-switch.tsx';

const everybody: readonly Role[] = ['provider_reader', 'viewer', 'analyst', 'approver', 'administrator'];
const own = everybody.slice(1);
const approvers = everybody.slice(3);
/** Each with whose it is: a room that only says no is no room. */
const rooms: readonly (readonly [path: string, title: string, roles: readonly Role[]])[] = [
  ['findings', 'Findings', everybody],
  ['sources', 'Sources', everybody],
  ['rules', 'Rules', own],
  ['indicators', 'Indicators', own],
  ['exceptions', 'Exceptions', own],
  ['registry', 'Registry', own],
  ['audit', 'Audit trail', approvers],
  ['users', 'Users', approvers],
  ['tokens', 'Tokens', ['administrator']],
  ['settings', 'Settings', everybody],
];

interface Props {
  readonly session: Session;
  readonly organization: Membership;
  readonly help: () => void;
}

/** The rooms in words, and whose they are. On a narrow screen it folds into a menu. */
export function Rail({ session, organization, help }: Props) {
  const here = useLocation({ select: (location) => location.pathname });
  const navigate = useNavigate();
  const [unfolded, setUnfolded] = useState(false);
  const base = `/o/${organization.slug}`;
  return (
    <header className={unfolded ? 'rail unfolded' : 'rail'}>
      <span className="brand">Chaperone</span>
      <div className="organization">
        <strong>{organization.name}</strong>
        {session.organizations.length > 1 && (
          <label className="field">
            <span className="sr-only">Go to another organisation</span>
            <select
              value=""
              onChange={(event) => {
                setUnfolded(false);
                void navigate({ to: `/o/${event.target.value}/findings` } as never);
              }}
            >
              <option value="">Others …</option>
              {session.organizations
                .filter(({ slug }) => slug !== organization.slug)
                .map(({ slug, name }) => (
                  <option key={slug} value={slug}>
                    {name}
                  </option>
                ))}
            </select>
          </label>
        )}
      </div>
      <button
        type="button"
        className="button menu-button"
        aria-expanded={unfolded}
        onClick={() => setUnfolded(!unfolded)}
      >
        Menu
      </button>
      <nav aria-label="Rooms">
        <ul>
          {rooms
            .filter(
              ([path, , roles]) =>
                roles.includes(organization.role) || (path === 'audit' && session.installation_administrator),
            )
            .map(([path, title]) => (
              <li key={path}>
                <a
                  className="room"
                  href={`#${base}/${path}`}
                  aria-current={here.startsWith(`${base}/${path}`) ? 'page' : undefined}
                  onClick={() => setUnfolded(false)}
                >
                  {title}
                </a>
              </li>
            ))}
        </ul>
      </nav>
      <div className="foot">
        <a href={`#${base}/account`} onClick={() => setUnfolded(false)}>
          {session.user.name}
        </a>
        <button type="button" className="button small" onClick={help}>
          Keys (?)
        </button>
        <ThemeSwitch />
      </div>
    </header>
  );
}
