/**
 * Every format of `src/documents` beside presence documents: what is written is read again as it was, whatever texts
 * and numbers it holds, and no bytes make a reader throw (P4).
 */
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  contactEvents,
  contactStates,
  instanceStates,
  messageContexts,
  parseList,
  parseMessageSummary,
  parseMultipart,
  parseRegInfo,
  parseWatcherInfo,
  parseXcapDiff,
  type RegInfo,
  type ResourceListState,
  registrationStates,
  type WatcherInfo,
  watcherEvents,
  watcherStatuses,
  writeList,
  writeMessageSummary,
  writeRegInfo,
  writeRelated,
  writeWatcherInfo,
  writeXcapDiff,
} from '../../src/documents/index.ts'
import { xmlText } from '../support/xml-arbitraries.ts'

const text = xmlText.map((each) => each.trim())
const word = text.filter((each) => each !== '')
const seconds = fc.option(fc.nat())
const version = fc.nat()
const state = fc.constantFrom('full' as const, 'partial' as const)

const watcherInfo: fc.Arbitrary<WatcherInfo> = fc.record({
  version,
  state,
  lists: fc.array(
    fc.record({
      resource: word,
      package: word,
      watchers: fc.array(
        fc.record({
          uri: text,
          id: word,
          status: fc.constantFrom(...watcherStatuses),
          event: fc.constantFrom(...watcherEvents),
          displayName: fc.option(xmlText),
          expiresSeconds: seconds,
          subscribedSeconds: seconds,
        }),
        { maxLength: 3 },
      ),
    }),
    { maxLength: 2 },
  ),
})

const regInfo: fc.Arbitrary<RegInfo> = fc.record({
  version,
  state,
  registrations: fc.array(
    fc.record({
      aor: word,
      id: word,
      state: fc.constantFrom(...registrationStates),
      contacts: fc.array(
        fc.record({
          id: word,
          uri: text,
          state: fc.constantFrom(...contactStates),
          event: fc.constantFrom(...contactEvents),
          displayName: fc.option(text),
          expiresSeconds: seconds,
          retryAfterSeconds: seconds,
          registeredSeconds: seconds,
          publicGruu: fc.option(word),
          q: fc.option(fc.nat(1000).map((thousandths) => thousandths / 1000)),
          callId: fc.option(xmlText),
          cseq: seconds,
        }),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 2 },
  ),
})

/** Bytes that like to look like the end of a part. */
const bytes = fc
  .array(
    fc.oneof(fc.uint8Array({ maxLength: 8 }), fc.constantFrom('\r\n--T', '--T--', '\r\n', '\r\n\r\n').map(Buffer.from)),
  )
  .map((pieces) => Buffer.concat(pieces))

const listState: fc.Arbitrary<ResourceListState> = fc.record({
  uri: word,
  version,
  isFull: fc.boolean(),
  names: fc.array(fc.record({ language: fc.option(fc.constantFrom('en', 'fr')), text }), { maxLength: 2 }),
  resources: fc.array(
    fc.record({
      uri: word,
      names: fc.array(fc.record({ language: fc.constant(null), text }), { maxLength: 1 }),
      instances: fc.array(
        fc
          .record({
            id: word,
            state: fc.constantFrom(...instanceStates),
            body: fc.option(fc.record({ contentType: fc.constantFrom('text/plain', 'application/pidf+xml'), bytes })),
            ended: fc.option(xmlText),
          })
          .map(({ ended, ...instance }) => ({ ...instance, reason: instance.state === 'terminated' ? ended : null })),
        { maxLength: 2 },
      ),
    }),
    { maxLength: 4 },
  ),
})

const count = fc.nat(999_999_999)
const counts = fc.record({ new: count, old: count, urgent: fc.option(fc.record({ new: count, old: count })) })
const messageSummary = fc.record({
  isWaiting: fc.boolean(),
  account: fc.option(fc.constantFrom('sip:alice@example.test', '<sip:a@b>;x=y')),
  counts: fc.uniqueArray(fc.tuple(fc.constantFrom(...messageContexts), counts), { selector: ([context]) => context }),
})

const xcapDiff = fc.record({
  xcapRoot: word,
  documents: fc.array(fc.record({ path: word, newEtag: fc.option(xmlText), previousEtag: fc.option(xmlText) })),
  nodes: fc
    .array(
      fc.record({
        kind: fc.constantFrom('element' as const, 'attribute' as const),
        path: word,
        exists: fc.boolean(),
        element: fc.constant(null),
      }),
    )
    .map((nodes) => nodes.toSorted((a, b) => (a.kind > b.kind ? -1 : a.kind < b.kind ? 1 : 0))),
})

describe('a document is read as it was written', () => {
  it('watcher information', () => {
    fc.assert(
      fc.property(watcherInfo, (document) => {
        expect(parseWatcherInfo(writeWatcherInfo(document))).toEqual({ ok: true, document })
      }),
    )
  })

  it('registration information', () => {
    fc.assert(
      fc.property(regInfo, (document) => {
        expect(parseRegInfo(writeRegInfo(document))).toEqual({ ok: true, document })
      }),
    )
  })

  it('list state, whatever its parts hold', () => {
    fc.assert(
      fc.property(listState, (list) => {
        const written = writeList(list, { token: 'T', domain: 'example.test' })
        expect(parseList(written.contentType, written.bytes)).toEqual({ ok: true, list })
      }),
      { numRuns: 300 },
    )
  })

  it('parts of any bytes', () => {
    fc.assert(
      fc.property(fc.array(bytes, { minLength: 1 }), (bodies) => {
        const parts = bodies.map((each, index) => ({ contentType: 'text/plain', contentId: `${index}`, bytes: each }))
        const written = writeRelated(parts[0]!, parts.slice(1), 'T')
        expect(parseMultipart(written.contentType, written.bytes)).toEqual({ ok: true, root: parts[0], parts })
      }),
      { numRuns: 300 },
    )
  })

  it('message summaries', () => {
    fc.assert(
      fc.property(messageSummary, (drawn) => {
        const summary = { ...drawn, counts: new Map(drawn.counts) }
        expect(parseMessageSummary(writeMessageSummary(summary))).toEqual(summary)
      }),
    )
  })

  it('XCAP diffs', () => {
    fc.assert(
      fc.property(xcapDiff, (document) => {
        expect(parseXcapDiff(writeXcapDiff(document))).toEqual({ ok: true, document })
      }),
    )
  })
})

it('no bytes make a reader throw', () => {
  const piece = fc.constantFrom(
    '--b\r\n',
    '--b--',
    '\r\n',
    'Content-ID: <x>',
    '<list ',
    'xmlns="urn:ietf:params:xml:ns:rlmi"',
    '>',
  )
  const any = fc.oneof(
    fc.uint8Array().map((each) => Buffer.from(each)),
    fc.array(piece).map((each) => Buffer.from(each.join(''))),
  )
  fc.assert(
    fc.property(any, fc.oneof(fc.string(), fc.constant('multipart/related;boundary=b')), (body, contentType) => {
      parseList(contentType, body)
      parseMessageSummary(body)
      for (const parse of [parseWatcherInfo, parseRegInfo, parseXcapDiff]) parse(body)
    }),
    { numRuns: 300 },
  )
})
