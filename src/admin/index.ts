/**
 * Administration: what can be asked of a server (`backend.ts`), over what it stands (`ports.ts`), and the API on a unix
 * socket. The CLI is one client of it.
 */
export type { AdminServer, AdminServerOptions, AdminServerStart } from './admin-api.ts'
export { answers, createAdminServer, socketPathBytesMax } from './admin-api.ts'
export { createAdminBackend, digestSecrets } from './admin-backend.ts'
export type {
  AdminBackend,
  AdminErrorCode,
  AdminResult,
  BackupReport,
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
export { denied, granted } from './backend.ts'
export type { AccountBook, AdminPorts, Audit, StoreCare } from './ports.ts'
export { importRowsMax } from './routes.ts'
export { storeCareOf } from './store-care.ts'
export { passwordFault, readUserName } from './user-name.ts'
