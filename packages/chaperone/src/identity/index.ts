export {
  type Act,
  type Actor,
  type AuditRecord,
  audit,
  type ChainVerdict,
  exportAudit,
  readAudit,
  SYSTEM_ACTOR,
  verifyChain,
  verifyExport,
} from './audit.ts';
export { confirmTotp, newRecoveryCodes, offerTotp, removeFactor } from './factors.ts';
export { createIdentity, type Identity } from './identity.ts';
export { type IdentityCode, IdentityError } from './identity-error.ts';
export { changeRole, disableMember, enableMember, removeMember } from './members.ts';
export { networkOf } from './network-of.ts';
export {
  addOidcProvider,
  changeOidcProvider,
  finishOidc,
  type NewOidcProvider,
  removeOidcProvider,
  startOidc,
  tryOidcProvider,
} from './oidc.ts';
export { addPasskey, askPasskey, offerPasskey, signInByPasskey } from './passkeys.ts';
export { allowed, type Membership, type Principal } from './principal.ts';
export { recallTries } from './recall-tries.ts';
export { atLeast, may, needsSecondFactor, PERMISSIONS, type Permission } from './roles.ts';
export { digest, isToken } from './secrets.ts';
export { type Client, type NewSession, principalOfSession, sessionsOf } from './sessions.ts';
export { actorOf, giveCode, type SignedIn, signIn } from './sign-in.ts';
export { signOut, signOutElsewhere } from './sign-out.ts';
export { createToken, type NewToken, principalOfToken, revokeToken } from './tokens.ts';
export {
  acceptLink,
  changePassword,
  completeSetup,
  createOrganization,
  type Invitation,
  invite,
  issueReset,
  issueSetupToken,
  type NewOrganization,
  setupNeeded,
} from './users.ts';
export { uuid7 } from './uuid.ts';
export { createVault, type Vault } from './vault.ts';
