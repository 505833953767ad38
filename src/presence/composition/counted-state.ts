/**
 * What counts for a presentity's state now, and the document made of it: publications of devices that are there, hard
 * state, and which devices are registered. Who wins is decided in `compose.ts` (docs/presence-composition.md).
 */
import { parsePidf, writePidf } from '../../documents/index.ts'
import type { Devices } from '../../registrar/index.ts'
import type { Aor } from '../../sip/uri/aor.ts'
import { type HeldHardState, hasBegun } from '../hard-state.ts'
import type { Publication } from '../publishing/publication.ts'
import type { Presentity } from '../watching/presentity.ts'
import { type CountedPublication, compose, type HardState, type RegisteredDevice } from './compose.ts'
import { speaksAlone } from './compose-validity.ts'

export interface CountedState {
  /** PIDF (RFC 3863), whole. */
  readonly document: Uint8Array
  /** When something in it begins or ends by itself, system clock. Null: never. */
  readonly changesAtMs: number | null
}

/** `wallMs`: of the steady wall clock, which ends publications; `systemMs`: of the clock that documents write. */
export interface Now {
  readonly wallMs: number
  readonly systemMs: number
}

export function countedState(devices: Devices, presentity: Presentity, { wallMs, systemMs }: Now): CountedState {
  const counting = countingPublications(devices, presentity, wallMs)
  const hardStates = [...presentity.hardStates.values()].filter((each) => hasBegun(each, systemMs))
  const [only] = counting
  // The usual case, without reading anything: what a single device says goes on byte for byte.
  if (only && counting.length + hardStates.length === 1 && goesOnAsItIs(only, systemMs)) {
    return { document: only.document, changesAtMs: null }
  }
  const input = {
    entity: presentity.aor,
    publications: counting.flatMap((each) => readAgain(each)),
    hardStates: hardStates.flatMap((each) => readHardState(each)),
    registered: registeredDevices(devices, presentity),
  }
  return compose(input, systemMs)
}

/** `wallMs`: of the steady wall clock. */
export function countingPublications(devices: Devices, presentity: Presentity, wallMs: number): readonly Publication[] {
  const registered = registeredDevices(devices, presentity)
  const isThere = (deviceKey: string | null): boolean =>
    deviceKey === null || registered.some((device) => device.deviceKey === deviceKey)
  return [...presentity.publications.values()].filter(
    (each) => each.isConfirmed && each.expiresMs > wallMs && isThere(each.deviceKey),
  )
}

/** Nobody is there and nobody has said anything: the same for who is away and for who blocks politely. */
export function offlineDocument(presentity: Aor): Uint8Array {
  const nobody = { publications: [], hardStates: [], registered: [] }
  return compose({ entity: presentity, ...nobody }, 0).document
}

/** Nothing is known of it (RFC 3863 §4.1.1: a document may have no tuple). */
export function unknownDocument(presentity: Aor): Uint8Array {
  return writePidf({ entity: presentity, tuples: [], persons: [], devices: [], notes: [], elements: [] })
}

/** A device that broke off a moment ago is still there. All are written to by the user's own address. */
export function registeredDevices(devices: Devices, { aor, leaving }: Presentity): readonly RegisteredDevice[] {
  const online = devices.known(aor).filter(({ targets }) => targets.length > 0)
  const keys = new Set([...online.map(({ deviceKey }) => deviceKey), ...leaving.keys()])
  return [...keys].map((deviceKey) => ({ deviceKey, contact: aor }))
}

function goesOnAsItIs(publication: Publication, systemMs: number): boolean {
  if (publication.speaksAlone === null) {
    const read = parsePidf(publication.document)
    publication.speaksAlone = read.ok && speaksAlone(read.document, systemMs)
  }
  return publication.speaksAlone
}

/** It was read when it was published; kept is only the text, which is a fraction of the tree. */
function readAgain({ id, deviceKey, publishedMs, document: bytes }: Publication): readonly CountedPublication[] {
  const read = parsePidf(bytes)
  return read.ok ? [{ key: id, deviceKey, publishedMs, document: read.document, bytes }] : []
}

function readHardState({ by, setMs, document }: HeldHardState): readonly HardState[] {
  const read = parsePidf(document)
  return read.ok ? [{ key: by, by, setMs, document: read.document }] : []
}
