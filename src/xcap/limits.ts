/**
 * Bounds of documents and of what may be asked about them, each with its reason.
 */

/** 2,000 contacts with names and groups; a document crosses threads whole. */
export const documentBytesMax = 256 * 1024

/** Clients keep one document a usage, some a few; the rest is somebody's file store. */
export const documentsPerUserMax = 64

/** Names that clients use are short; the key of the record holds a hash. */
export const documentNameCharsMax = 128

/** A path of 32 elements with predicates. HTTP servers end heads of that size anyway. */
export const requestTargetCharsMax = 8 * 1024

/** More than any list has entries; a number that stays exact. */
export const positionMax = 1_000_000

/** An answer later than this helps nobody; the worker that owes it is hung or gone. */
export const askDeadlineMs = 10_000

/** Asks that wait for their shard, of one worker. Each holds at most one document. */
export const asksWaitingMax = 1_000
