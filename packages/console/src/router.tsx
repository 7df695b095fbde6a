import { createHashHistory, createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import type { JSX } from 'react';
import { Home } from './frame/home.tsx';
import { Shell } from './frame/shell.tsx';
import { AccountRoom } from './rooms/account/account-room.tsx';
import { AuditRoom } from './rooms/audit/audit-room.tsx';
import { EventPage } from './rooms/events/event-page.tsx';
import { ExceptionsRoom } from './rooms/exceptions/exceptions-room.tsx';
import { FindingPage } from './rooms/findings/finding-page.tsx';
import { FindingsRoom } from './rooms/findings/findings-room.tsx';
import { AcceptPage } from './rooms/gate/accept-page.tsx';
import { SetupPage } from './rooms/gate/setup-page.tsx';
import { SignInPage } from './rooms/gate/sign-in-page.tsx';
import { IndicatorsRoom } from './rooms/indicators/indicators-room.tsx';
import { RegistryRoom } from './rooms/registry/registry-room.tsx';
import { CoveragePage } from './rooms/rules/coverage-page.tsx';
import { OwnRulesPage } from './rooms/rules/own-rules-page.tsx';
import { RulePage } from './rooms/rules/rule-page.tsx';
import { RulesRoom } from './rooms/rules/rules-room.tsx';
import { SettingsRoom } from './rooms/settings/settings-room.tsx';
import { SourcePage } from './rooms/sources/source-page.tsx';
import { SourcesRoom } from './rooms/sources/sources-room.tsx';
import { TokensRoom } from './rooms/tokens/tokens-room.tsx';
import { UsersRoom } from './rooms/users/users-room.tsx';

const root = createRootRoute();
const at = (path: string, component: () => JSX.Element) => createRoute({ getParentRoute: () => root, path, component });
const organization = createRoute({ getParentRoute: () => root, path: '/o/$organization', component: Shell });
const room = (path: string, component: () => JSX.Element) =>
  createRoute({ getParentRoute: () => organization, path, component });

const routes = root.addChildren([
  at('/', Home),
  at('/setup', SetupPage),
  at('/sign-in', SignInPage),
  at('/accept', AcceptPage),
  organization.addChildren([
    room('findings', FindingsRoom),
    room('findings/$id', FindingPage),
    room('events/$id', EventPage),
    room('sources', SourcesRoom),
    room('sources/$id', SourcePage),
    room('rules', RulesRoom),
    room('rules/coverage', CoveragePage),
    room('rules/own', OwnRulesPage),
    room('rules/$id', RulePage),
    room('indicators', IndicatorsRoom),
    room('exceptions', ExceptionsRoom),
    room('registry', RegistryRoom),
    room('audit', AuditRoom),
    room('users', UsersRoom),
    room('tokens', TokensRoom),
    room('settings', SettingsRoom),
    room('account', AccountRoom),
  ]),
]);

/** Addresses are after the `#`, so that one-time tokens in them never reach a server's or proxy's log. */
export const router = createRouter({
  routeTree: routes,
  history: createHashHistory(),
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const set = Object.entries(search).filter(([, value]) => value !== undefined && value !== '');
    const text = new URLSearchParams(set.map(([name, value]) => [name, String(value)])).toString();
    return text === '' ? '' : `?${text}`;
  },
});
