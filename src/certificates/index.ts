/**
 * Certificates of our own: a private authority, what it issues, the files, the watch over them, and the keys of TLS
 * session tickets. Knows no socket: `src/transport/` takes the files and keys that come from here.
 */
export {
  type AuthorityOptions,
  authorityDays,
  type CertificateAndKey,
  certificateDays,
  createAuthority,
  createIntermediate,
  type IntermediateOptions,
  type IssueOptions,
  intermediateDays,
  issueCertificate,
  issueForRequest,
  type RenewOptions,
  renewCertificate,
} from './authority.ts'
export { type Answer, type CheckedAnswer, checkAnswer } from './check-answer.ts'
export { checkClient, type UserNameKind } from './client-check.ts'
export {
  type CertificateDescription,
  type CertificateUsage,
  describeCertificate,
  isIssuedBy,
  isPair,
} from './describe.ts'
export {
  type CertificateFiles,
  readCertificate,
  writeCertificate,
  writePublicFile,
  writeSecretFile,
} from './files.ts'
export { intermediatesOf, type LinkTrustFiles, type ReadLinkTrust, readLinkTrust } from './link-trust.ts'
export { isLockedKey, lockKey, unlockKey } from './locked-key.ts'
export { type CertificateName, parseCertificateName } from './names.ts'
export { checkPeer, type LinkTrust, type RefusalReason, type Revocations } from './peer-check.ts'
export { pemCertificates, readCertificates } from './pem.ts'
export {
  type IssuedCertificate,
  type Register,
  readRegister,
  recordIssued,
  recordList,
  recordRevoked,
  registerFile,
  revocationListFile,
} from './register.ts'
export { createRequest, type OpenedRequest, openRequest, type RequestAndKey } from './request.ts'
export {
  createRevocationList,
  describeRevocationList,
  type Revocation,
  type RevocationListDescription,
  type RevocationReason,
  revocationListDays,
} from './revocation.ts'
export {
  createTicketKeys,
  isRotationDue,
  loadTicketKeys,
  readTicketKeys,
  rotateTicketKeys,
  storeTicketKeys,
  type TicketKeys,
  ticketKeyBytes,
  ticketKeyLifetimeMs,
} from './ticket-keys.ts'
export { type CertificateWatch, type WatchOptions, watchCertificates } from './watch.ts'
