/**
 * What of a document holds at a moment: rich presence says from when and until when (RFC 4480 §3.1). What is over is
 * left out, what is to come too, except where telling the future is the point (timed status, RFC 4481).
 */
import { namespaces, type PresenceDocument, validityOf } from '../../documents/index.ts'
import type { XmlElement } from '../../xml/index.ts'
import type { Source } from './compose-source.ts'

const { rpidNamespace, timedStatusNamespace } = namespaces

/** It has tuples and nothing in it begins or ends by itself: where nobody else speaks it goes on as it is. */
export function speaksAlone(document: PresenceDocument, nowMs: number): boolean {
  if (document.tuples.length === 0) return false
  const moment = new Moment(nowMs)
  return moment.documentNow(document) === document && moment.nextMs === null
}

export class Moment {
  readonly #nowMs: number
  #nextMs: number | null = null

  constructor(nowMs: number) {
    this.#nowMs = nowMs
  }

  /** The next moment at which something that was asked about begins or ends. */
  get nextMs(): number | null {
    return this.#nextMs
  }

  /** The same source where all of it holds. */
  current(source: Source): Source {
    const document = this.documentNow(source.document)
    return document === source.document ? source : { ...source, document }
  }

  documentNow(document: PresenceDocument): PresenceDocument {
    const tuples = this.#partsNow(document.tuples)
    const persons = this.#partsNow(document.persons)
    const devices = this.#partsNow(document.devices)
    const isWhole = tuples === document.tuples && persons === document.persons && devices === document.devices
    return isWhole ? document : { ...document, tuples, persons, devices }
  }

  #partsNow<P extends { readonly elements: readonly XmlElement[] }>(parts: readonly P[]): readonly P[] {
    const now = parts.map((part) => {
      const elements = part.elements.filter((element) => this.#holds(element))
      return elements.length === part.elements.length ? part : { ...part, elements }
    })
    return now.every((part, index) => part === parts[index]) ? parts : now
  }

  #holds(element: XmlElement): boolean {
    const isTimed = element.ns === timedStatusNamespace
    if (element.ns !== rpidNamespace && !isTimed) return true
    const { fromMs, untilMs } = validityOf(element)
    if (untilMs !== null && untilMs <= this.#nowMs) return false
    if (untilMs !== null) this.#note(untilMs)
    if (fromMs === null || fromMs <= this.#nowMs || isTimed) return true
    this.#note(fromMs)
    return false
  }

  #note(atMs: number): void {
    this.#nextMs = this.#nextMs === null ? atMs : Math.min(this.#nextMs, atMs)
  }
}
