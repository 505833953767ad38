/**
 * What goes into a composition, for tests: publications, hard state and devices of one user, written in few words.
 */
import { type PresenceDocument, writePidf } from '../../src/documents/index.ts'
import {
  type CompositionInput,
  type CountedPublication,
  compose,
  type HardState,
  summaryOf,
} from '../../src/presence/composition/compose.ts'
import { presence, presenceDocument } from './presence-documents.ts'

export const nowMs = Date.UTC(2026, 4, 5, 12)
export const entity = 'sip:bob@example.test'

/** Nobody speaks. */
export const silence: CompositionInput = { entity, publications: [], hardStates: [], registered: [] }

export const openTuple = '<tuple id="t1"><status><basic>open</basic></status></tuple>'

export function publication(key: string, publishedMs: number, body: string, deviceKey: string | null = key) {
  return published(key, publishedMs, presenceDocument(presence(body, entity)), deviceKey)
}

export function published(
  key: string,
  publishedMs: number,
  document: PresenceDocument,
  deviceKey: string | null = key,
): CountedPublication {
  return { key, deviceKey, publishedMs, document, bytes: writePidf(document) }
}

export function hardState(key: string, by: HardState['by'], setMs: number, body: string): HardState {
  return { key, by, setMs, document: presenceDocument(presence(body, entity)) }
}

/** Activities of a person; with nothing, a person of whom nothing special is said. */
export function doing(activities: string, id = 'p'): string {
  const inside = activities
    .split(' ')
    .filter((name) => name !== '' && name !== 'idle')
    .map((name) => `<r:${name}/>`)
    .join('')
  const input = activities.includes('idle') ? '<r:user-input>idle</r:user-input>' : ''
  return `<dm:person id="${id}">${inside && `<r:activities>${inside}</r:activities>`}${input}</dm:person>`
}

/** Composes, and reads what watchers would read. */
export function composed(input: Partial<CompositionInput>, atMs = nowMs) {
  const composition = compose({ ...silence, ...input }, atMs)
  const read = presenceDocument(composition.document)
  return { ...composition, read, summary: summaryOf(read) }
}
