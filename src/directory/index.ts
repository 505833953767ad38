/**
 * Accounts and credentials. `local/` keeps them as records in the store; other directories become folders beside it.
 */
export type { KeyFile } from './ha1-key-file.ts'
export { ha1KeyPath, loadOrCreateHa1Key, readHa1Key } from './ha1-key-file.ts'
export { accountWrites, firstEpoch, readAccounts } from './local/account-records.ts'
export { AccountService, type UserParts } from './local/account-service.ts'
export { DirectAccounts, type DirectAccountsPorts } from './local/direct-accounts.ts'
export { createSecretBox, secretKeyBytes } from './local/secret-box.ts'
