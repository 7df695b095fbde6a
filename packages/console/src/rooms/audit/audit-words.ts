/** Acts as the trail names them, in words that follow a person's name. */
const acts: Readonly<Record<string, string>> = {
  'installation.set_up': 'set up Chaperone',
  'organization.create': 'made the organisation',
  'organization.change': 'changed the organisation’s settings',
  'session.sign_in': 'signed in',
  'session.second_factor': 'gave the second factor',
  'session.sign_out': 'signed out',
  'session.end_others': 'ended their other sessions',
  'factor.add': 'added a second factor',
  'factor.remove': 'removed a second factor',
  'factor.recovery_codes': 'made new recovery codes',
  'user.invite': 'invited',
  'user.disable': 'disabled',
  'user.enable': 'enabled',
  'audit.export': 'exported the trail',
  'user.accept_link': 'chose a password by their link',
  'user.join': 'joined',
  'user.role': 'changed the role of',
  'user.remove': 'removed the user',
  'user.reset_link': 'made a link for a new password of',
  'user.password_change': 'changed their password',
  'token.create': 'made the token',
  'token.revoke': 'revoked the token',
  'oidc_provider.create': 'added the sign-in provider',
  'oidc_provider.change': 'changed the sign-in provider',
  'oidc_provider.remove': 'removed the sign-in provider',
  'source.create': 'made the source',
  'source.change': 'changed the source',
  'source.delete': 'removed the source',
  'source.bind': 'bound a sender to the source',
  'source.unbind': 'unbound a sender from the source',
  'source.upload': 'uploaded a file to the source',
  'rule.change': 'switched the rule',
  'rule_document.create': 'wrote the rule',
  'rule_document.change': 'changed the rule',
  'rule_document.delete': 'deleted the rule',
  'indicator_feed.create': 'added the feed',
  'indicator_feed.change': 'changed the feed',
  'indicator_feed.delete': 'removed the feed',
  'indicator_feed.pull': 'pulled the feed',
  'indicator_feed.import': 'imported a file into the feed',
  'indicator.delete': 'removed the indicator',
  'event.unseal': 'opened a sealed event',
  'exception.create': 'made an exception',
  'exception.end': 'ended an exception',
  'registry.load': 'loaded the registry',
  'legal_hold.create': 'placed a legal hold',
  'legal_hold.release': 'released a legal hold',
};

/** Acts on one kind of thing, by the word with which their names begin. */
export const actGroups: readonly (readonly [string, string])[] = [
  ['session', 'signing in and out'],
  ['factor', 'second factors'],
  ['user', 'people'],
  ['token', 'tokens'],
  ['oidc_provider', 'sign-in providers'],
  ['source', 'sources'],
  ['rule', 'switching rules'],
  ['rule_document', 'own rules'],
  ['indicator_feed', 'feeds'],
  ['exception', 'exceptions'],
  ['registry', 'the registry'],
  ['legal_hold', 'legal holds'],
  ['organization', 'the organisation'],
  ['audit', 'the trail itself'],
  ['installation', 'the installation'],
];

/** `made the source`; an act without words here by its own name. */
export function actWords(action: string): string {
  return acts[action] ?? action.replaceAll('_', ' ').replace('.', ': ');
}

/** What an act was done to, by the name that its record holds or that is known; an exact id is in the column of its own. */
export function objectWords(
  detail: Readonly<Record<string, unknown>>,
  objectId: string | null,
  names: ReadonlyMap<string, string>,
): string {
  const known = objectId === null ? undefined : names.get(objectId);
  const said = [detail.name, detail.email, detail.reason].find((value) => typeof value === 'string' && value !== '');
  const version = typeof detail.version === 'number' ? `version ${detail.version}` : undefined;
  return String(known ?? said ?? version ?? '');
}
