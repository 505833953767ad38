/**
 * The durable store: adapters of the store port (memory, LMDB behind the store thread, LMDB direct for the CLI), and the
 * care of a data folder: lock, manifest, quarantine, backup, restore, audit. Record kinds and keys are pure and live in
 * `src/ports/records/`, where the core can reach them; they are named here again for the shell.
 */
export { hashedPart, keyParts, kindRange, recordKey, userRange, wholeRange } from '../ports/records/keys.ts'
export { decodeRecord, encodeRecord } from '../ports/records/record-codec.ts'
export { MemoryDisk, MemoryStore } from './memory-store.ts'
