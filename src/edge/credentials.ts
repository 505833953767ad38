/**
 * Which credentials of a request are meant for us (RFC 3261 §22.3): those for our realm. Others belong to devices and
 * pass. Whether they are right is decided by the sender's shard.
 */
export { credentialHeaders, findCredentials, hasCredentialsFor, isSpentHere } from '../sip/digest/realm.ts'
