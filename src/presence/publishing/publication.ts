/**
 * A publication in memory (RFC 3903 §6): its document, its entity tag, and until when it counts.
 */
import type { PublicationRecord } from '../../ports/records/publication.ts'
import type { TimerHandle } from '../../ports/timers.ts'

export interface Publication {
  readonly id: string
  /** The generation that the next conditional PUBLISH must name. */
  generation: number
  generationCeiling: number
  operationId: string
  deviceKey: string | null
  document: Uint8Array
  publishedMs: number
  expiresMs: number
  ceilingMs: number
  /** False for what was read at start: it keeps its tag, and counts again when its device is heard from. */
  isConfirmed: boolean
  /** False for what was read at start: any generation up to the ceiling may be the one that was given out last. */
  isGenerationKnown: boolean
  /**
   * It has tuples, and nothing in it begins or ends by itself: where nothing else counts it goes on without being read.
   * Null for what was read at start: nobody has looked yet.
   */
  speaksAlone: boolean | null
  expiry: TimerHandle | null
}

export function readPublication(record: PublicationRecord): Publication {
  return {
    id: record.id,
    generation: record.generation,
    generationCeiling: record.generationCeiling,
    operationId: record.operationId,
    deviceKey: record.deviceKey === '' ? null : record.deviceKey,
    document: record.document,
    publishedMs: record.publishedMs,
    expiresMs: record.ceilingMs,
    ceilingMs: record.ceilingMs,
    isConfirmed: false,
    isGenerationKnown: false,
    speaksAlone: null,
    expiry: null,
  }
}

export function publicationFields(publication: Publication): PublicationRecord {
  return {
    id: publication.id,
    generation: publication.generation,
    generationCeiling: publication.generationCeiling,
    operationId: publication.operationId,
    deviceKey: publication.deviceKey ?? '',
    contentType: 'application/pidf+xml',
    document: publication.document,
    publishedMs: publication.publishedMs,
    ceilingMs: publication.ceilingMs,
  }
}
