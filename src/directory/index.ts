/**
 * Accounts and credentials. `local/` keeps them as records in the store, `active-directory/` asks a directory over
 * connections of `ldap/`.
 */
export { AccountGroups } from './active-directory/account-groups.ts'
export { Catalogs } from './active-directory/catalogs.ts'
export { ChangeFollower } from './active-directory/change-follower.ts'
export { type CheckedController, checkController } from './active-directory/check-directory.ts'
export { ControllerConnection } from './active-directory/controller-connection.ts'
export { DirectoryAccounts, type UserHome } from './active-directory/directory-accounts.ts'
export { DirectoryGroups } from './active-directory/directory-groups.ts'
export { DirectoryHoming } from './active-directory/directory-homing.ts'
export { DirectoryPasswords } from './active-directory/directory-passwords.ts'
export {
  attributeMapping,
  catalogOrder,
  catalogsOptions,
  type DirectorySettings,
  serviceAccount,
} from './active-directory/directory-settings.ts'
export { type DirectoryTopology, readDirectoryTopology } from './active-directory/directory-topology.ts'
export type { DirectoryUser } from './active-directory/directory-user.ts'
export { DirectoryUsers, type LookedUp } from './active-directory/directory-users.ts'
export { dnKey } from './active-directory/distinguished-name.ts'
export { type EnabledUser, enableUser } from './active-directory/enable-user.ts'
export { type HomeChange, homeChange } from './active-directory/home-change.ts'
export { denialWrites, readDenials } from './active-directory/kept-denials.ts'
export { ldifOfChange, ldifOfStep } from './active-directory/ldif.ts'
export { LockoutPolicies } from './active-directory/lockout-policies.ts'
export { PasswordBudget } from './active-directory/password-budget.ts'
export {
  planTopology,
  readTopologyObjects,
  type TopologyObjects,
  type TopologyPlan,
  usersAtHome,
} from './active-directory/publish-topology.ts'
export { homeVersion } from './active-directory/user-verdict.ts'
export { configuredLdap } from './configured-ldap.ts'
export { deviceUserName } from './device-name.ts'
export {
  type EnrolledDevice,
  Enrolment,
  type EnrolmentAsker,
  type EnrolmentPass,
  type EnrolmentRefusal,
  type EnrolmentResult,
} from './enrolment/enrolment.ts'
export { LocalPasswords, type PasswordProver } from './enrolment/password-proof.ts'
export type { KeyFile } from './ha1-key-file.ts'
export { ha1KeyPath, loadOrCreateHa1Key, readHa1Key } from './ha1-key-file.ts'
export { accountWrites, firstEpoch, readAccounts } from './local/account-records.ts'
export { AccountService, type UserParts } from './local/account-service.ts'
export { DirectAccounts, type DirectAccountsPorts } from './local/direct-accounts.ts'
export { createSecretBox, secretKeyBytes } from './local/secret-box.ts'
