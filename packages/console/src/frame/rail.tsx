import { useLocation, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Membership, Session } from '../api/model.ts';
import { ThemeSwitch } from './theme-switch.tsx';

const rooms = [
  ['findings', 'Findings'],
  ['sources', 'Sources'],
  ['rules', 'Rules'],
  ['indicators', 'Indicators'],
  ['exceptions', 'Exceptions'],
  ['registry', 'Registry'],
  ['audit', 'Audit trail'],
  ['users', 'Users'],
  ['tokens', 'Tokens'],
  ['settings', 'Settings'],
] as const;

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
            <span className="sr-only">Other organisation</span>
            <select
              value={organization.slug}
              onChange={(event) => void navigate({ to: `/o/${event.target.value}/findings` } as never)}
            >
              {session.organizations.map(({ slug, name }) => (
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
          {rooms.map(([path, title]) => (
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
