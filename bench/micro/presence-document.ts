/**
 * What does a presence document of 550 bytes cost: to read what a device publishes, to write what watchers get, and to
 * compose two devices into one state? Expected on paper: reading 25 µs (saxes takes 16 µs for 317 bytes), writing 3 µs.
 *
 *     node bench/micro/presence-document.ts          full
 *     node bench/micro/presence-document.ts smoke    a thousandth of it; run by test/unit/presence/bench.test.ts
 */
import { parsePidf, writePidf } from '../../src/documents/index.ts'
import { type CountedPublication, compose } from '../../src/presence/composition/compose.ts'

/** Different documents, so that no branch is learnt by heart. */
const documentsCount = 64
const activities = ['busy', 'away', 'meeting', 'on-the-phone'] as const
const nowMs = Date.UTC(2026, 10, 26)

export interface DocumentFigures {
  readonly bytes: number
  readonly parseMicros: number
  readonly writeMicros: number
  readonly composeMicros: number
  /** Over all that was written, so that nobody wins by doing less. */
  readonly digest: number
}

export function measureDocuments(count: number): DocumentFigures {
  const texts = Array.from({ length: documentsCount }, (_, index) => Buffer.from(documentText(index)))
  const documents = texts.map((bytes) => {
    const parsed = parsePidf(bytes)
    if (!parsed.ok) throw new Error(parsed.fault)
    return parsed.document
  })
  let digest = 0
  const parseMicros = cpuMicros(count, (index) => {
    const parsed = parsePidf(texts[index % documentsCount]!)
    digest = (digest + (parsed.ok ? parsed.document.tuples.length : 0)) | 0
  })
  const writeMicros = cpuMicros(count, (index) => {
    digest = (digest * 31 + writePidf(documents[index % documentsCount]!).length) | 0
  })
  const publications = documents.map((document, index): CountedPublication => {
    return { key: `k${index}`, deviceKey: `d${index}`, publishedMs: index, document, bytes: texts[index]! }
  })
  const composeMicros = cpuMicros(count, (index) => {
    const pair = [publications[index % documentsCount]!, publications[(index + 1) % documentsCount]!]
    const input = { entity: 'sip:bob@example.test', hardStates: [], registered: [] }
    digest = (digest * 31 + compose({ ...input, publications: pair }, nowMs).document.length) | 0
  })
  return { bytes: texts[0]!.length, parseMicros, writeMicros, composeMicros, digest }
}

/** What clients publish: a service, a person who does something, a note. */
function documentText(index: number): string {
  const user = `user${String(index).padStart(2, '0')}`
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n<presence xmlns="urn:ietf:params:xml:ns:pidf"' +
    ' xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid"' +
    ` entity="sip:${user}@example.test">\n<tuple id="t${index % 7}a1">\n<status><basic>open</basic></status>\n` +
    `<contact priority="0.8">sip:${user}@example.test</contact>\n<timestamp>2026-11-26T10:00:00Z</timestamp>\n` +
    `</tuple>\n<dm:person id="p1">\n<rpid:activities><rpid:${activities[index % 4]}/></rpid:activities>\n` +
    '<dm:note>Back at noon, call me</dm:note>\n</dm:person>\n</presence>\n'
  )
}

function cpuMicros(count: number, operation: (index: number) => void): number {
  const start = process.cpuUsage()
  for (let index = 0; index < count; index++) operation(index)
  const { user, system } = process.cpuUsage(start)
  return (user + system) / count
}

if (import.meta.main) {
  const count = process.argv[2] === 'smoke' ? 100 : 100_000
  measureDocuments(Math.min(count, 5_000))
  const { bytes, ...figures } = measureDocuments(count)
  const [parse, write, composed] = [figures.parseMicros, figures.writeMicros, figures.composeMicros].map(
    (micros) => `${micros.toFixed(2)} µs`,
  )
  console.log(`PIDF of ${bytes} bytes: parse ${parse}, write ${write}, compose two ${composed}`)
}
