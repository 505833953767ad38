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
  type IssueOptions,
  issueCertificate,
  type RenewOptions,
  renewCertificate,
} from './authority.ts'
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
export { type CertificateName, parseCertificateName } from './names.ts'
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
