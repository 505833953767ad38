/**
 * Administration: what can be asked of a server (`backend.ts`), over what it stands (`ports.ts`), and the API on a unix
 * socket. The CLI is one client of it.
 */

export { accountsOfRole } from './accounts-of-role.ts'
export type { ChangedKey, ConfigBackend, ConfigBook, ReloadReport } from './acts/config-acts.ts'
export type { ContactList, ContactSummary, ContactsBackend, NewContact } from './acts/contacts-acts.ts'
export type { DevicesBackend, NewDevice } from './acts/devices-acts.ts'
export type { MoveBackend } from './acts/move-acts.ts'
export type { NewGroupRule, PolicyBackend, UserRule } from './acts/policy-acts.ts'
export type { NewHardState, PresenceBackend, PresenceSummary } from './acts/presence-acts.ts'
export type {
  BackupReport,
  BackupsBackend,
  ShownCertificate,
  ShownLink,
  ShownLinks,
  ShownReport,
  ShownTopology,
  StateBackend,
  StateBook,
  StateSummary,
} from './acts/state-acts.ts'
export type { TokensBackend } from './acts/tokens-acts.ts'
export type {
  BeginTrace,
  NewTrace,
  TraceBackend,
  TraceBook,
  TraceEnd,
  TraceFacts,
  TracePart,
  TraceStep,
} from './acts/trace-acts.ts'
export type { RecordingStatus, TrafficBackend, TrafficBook } from './acts/traffic-acts.ts'
export { socketCaller } from './api/caller.ts'
export { type HttpsMaterial, type HttpsServer, openHttpsServer } from './api/https-server.ts'
export { NetworkFront, type NetworkOutcome, type NetworkRequest } from './api/network-front.ts'
export type { AdminServer, AdminServerOptions, AdminServerStart } from './api/socket-server.ts'
export { answers, createAdminServer, socketPathBytesMax } from './api/socket-server.ts'
export { TokenFile } from './api/token-file.ts'
export type {
  AdminBackend,
  GroupChange,
  HealthReport,
  ImportOutcome,
  NewUser,
  PageAsk,
  ShownRecord,
  StoreCheck,
  StoreStats,
  UserDetails,
  UserFilter,
  UserPage,
  UserSummary,
} from './backend.ts'
export { createAdminBackend } from './backends/admin-backend.ts'
export { digestSecrets } from './backends/digest-secrets.ts'
export { backupBook } from './backup-folders.ts'
export { type Figures, figuresBetween } from './figures.ts'
export type {
  AccountBook,
  AdminPorts,
  Audit,
  DocumentBook,
  MoveBook,
  PolicyBook,
  PresenceBook,
  StoreCare,
} from './ports.ts'
export type { AdminErrorCode, AdminResult } from './result.ts'
export { denied, granted } from './result.ts'
export { type Role, roles } from './roles.ts'
export { contactsMax } from './routes/contacts.ts'
export { traceMessagesMax, traceSecondsMax, traceWaitMsMax } from './routes/traces.ts'
export { importRowsMax, pageRowsMax } from './routes/users.ts'
export { readScrape, type Scrape } from './scrape.ts'
export { storeCareOf } from './store-care.ts'
export { passwordFault, readUserName } from './user-name.ts'
export { withoutServer } from './without-server/without-server.ts'
