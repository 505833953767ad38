/**
 * Administration: what can be asked of a server (`backend.ts`), over what it stands (`ports.ts`), and the API on a unix
 * socket. The CLI is one client of it.
 */
export type { AdminServer, AdminServerOptions, AdminServerStart } from './admin-api.ts'
export { answers, createAdminServer, socketPathBytesMax } from './admin-api.ts'
export { createAdminBackend } from './admin-backend.ts'
export type {
  AdminBackend,
  BackupReport,
  GroupChange,
  HealthReport,
  ImportOutcome,
  NewUser,
  ShownRecord,
  StoreCheck,
  StoreStats,
  UserDetails,
  UserFilter,
  UserSummary,
} from './backend.ts'
export type { ChangedKey, ConfigBackend, ConfigBook, ReloadReport } from './config-acts.ts'
export { configNeedsServer } from './config-backend.ts'
export type { ContactList, ContactSummary, ContactsBackend, NewContact } from './contacts-acts.ts'
export { contactsMax } from './contacts-routes.ts'
export type { DeviceBook, DeviceList, DevicesBackend, NewDevice } from './devices-acts.ts'
export { devicesNeedServer } from './devices-backend.ts'
export { digestSecrets } from './digest-secrets.ts'
export { documentsNeedServer } from './documents-need-server.ts'
export type { MoveBackend, MovedUser } from './move-acts.ts'
export { moveNeedsServer } from './move-needs-server.ts'
export type { NewGroupRule, PolicyBackend, UserRule } from './policy-acts.ts'
export { policyNeedsServer } from './policy-needs-server.ts'
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
export type { NewHardState, PresenceBackend, PresenceSummary } from './presence-acts.ts'
export { presenceNeedsServer } from './presence-needs-server.ts'
export type { AdminErrorCode, AdminResult } from './result.ts'
export { denied, granted } from './result.ts'
export { importRowsMax } from './routes.ts'
export { storeCareOf } from './store-care.ts'
export type { RecordingStatus, TrafficBackend, TrafficBook } from './traffic-acts.ts'
export { trafficNeedsServer } from './traffic-backend.ts'
export { passwordFault, readUserName } from './user-name.ts'
