const VERBS: readonly (readonly [RegExp, string])[] = [
  [
    /(?:^|[./\s_-])(?:create|add|new|put|insert|register|run|import|invite|grant|assign|enable|attach|issue)/i,
    'Create',
  ],
  [/(?:^|[./\s_-])(?:delete|remove|destroy|terminate|revoke|deregister|purge|disable|detach|hard delete)/i, 'Delete'],
  [/(?:^|[./\s_-])(?:update|modify|set|change|reset|patch|edit|rename|write|replace|restore)/i, 'Update'],
  [/(?:^|[./\s_-])(?:get|list|describe|read|view|search|query|download|lookup|export)/i, 'Read'],
];

/** OCSF's API activity (Create, Read, Update, Delete) by the verb in an operation's name; `Other` where there is none. */
export function verbActivity(operation: string): string {
  const name = operation.slice(0, 160);
  // The verb that stands first decides: `AddMemberToDeletedGroup` creates
  let best = 'Other';
  let at = Number.POSITIVE_INFINITY;
  for (const [form, activity] of VERBS) {
    const found = name.search(form);
    if (found >= 0 && found < at) {
      at = found;
      best = activity;
    }
  }
  return best;
}
