/**
 * The durable store: adapters of the store port (memory, LMDB behind the store thread, LMDB direct for commands), and
 * the care of a data folder: lock, manifest, quarantine, backup, restore, audit. Record kinds and keys are pure and
 * live in `src/ports/records/`, where the core reaches them; the most used are named here again for the shell.
 */

export { hashedPart, keyParts, recordKey, userRange, wholeRange } from '../ports/records/keys.ts'
export { decodeRecord, encodeRecord } from '../ports/records/record-codec.ts'
export { type AcceptedClock, acceptClock } from './accept-clock.ts'
export { type AuditEntry, AuditLog, auditPath, readAudit } from './audit.ts'
export { type BackupReport, type BackupResult, backup, readBackupReport } from './backup.ts'
export { backupsFolder, storeFolder } from './data-folder.ts'
export { DirectStore, type DirectStoreOptions } from './direct-store.ts'
export { type Examination, type ExaminedAs, examineEnvironment, readManifest } from './examine.ts'
export type { StoreFault, StoreResult } from './faults.ts'
export { emulatedFlushVariable, FlushPace, parseFlushTimes } from './flush-pace.ts'
export { FlushedWrites } from './flushed-writes.ts'
export { type CheckReport, check, type KindStats, type ShownRecord, show, stats } from './inspect.ts'
export { clockAheadMaxMs, readLastWrittenMs } from './last-written.ts'
export { ignoreFailedCommits, LmdbDisk } from './lmdb-disk.ts'
export { DataFolderLock, type LockOwner, lockDataFolder, readOwner } from './lock.ts'
export { type Migration, schemaVersion } from './manifest.ts'
export { MemoryDisk, type MemoryFailure, MemoryStore } from './memory-store.ts'
export { type OpenedStore, type OpenStoreOptions, openStore } from './open-store.ts'
export { RemoteStore } from './remote-store.ts'
export { describeRestore, type RestoreOptions, type RestoreReport, type RestoreResult, restore } from './restore.ts'
export { flushBounds, type StoreCounts, type StoreEvent, StoreThread, type StoreThreadOptions } from './store-thread.ts'
export {
  runStoreWorker,
  type StoreReady,
  StoreWorker,
  type StoreWorkerData,
  storeThread,
} from './store-worker.ts'
