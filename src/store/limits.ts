/**
 * Every bound of the store, with its reason.
 */

/**
 * LMDB must never meet a full disk (writing on after ENOSPC corrupts the heap), so nothing is tried when less than this
 * and twice the largest batch would be left: room for what lands before the next look, a backup's leftovers and the
 * logs.
 */
export const freeBytesReserve = 64 * 1024 * 1024

/** A scattered write copies a leaf and its share of the branches above: what it may cost beside its own bytes. */
export const pageBytesPerWrite = 2 * 4096

/** How often the free space is asked for while nothing is written, so that recovery is noticed without traffic. */
export const freeSpaceIntervalMs = 1000

/** Writes of one commit. More wait for the next one: a commit must stay short, since every answer waits for it. */
export const groupWritesMax = 4096

/** A scan gives up the thread after this many records looked at, or this many bytes found: about a millisecond. */
export const chunkRecordsMax = 2000
export const chunkBytesMax = 256 * 1024

/** Chunks of one scan on the way that the reader has not yet confirmed. */
export const chunksUnconfirmedMax = 4

/** A flush that takes longer has not merely met a busy disk; nothing is written after it. */
export const flushDeadlineMs = 30_000

/** How often the store notes when it was last written. */
export const lastWrittenIntervalMs = 1000

/** More unreadable records than this, or than this share of all, are no accident of single records: the start ends. */
export const quarantineMax = 100
export const quarantineShareMax = 0.01
