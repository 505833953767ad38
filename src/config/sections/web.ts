/**
 * Section `web`: the listener for WebSocket clients, pages and HTTP.
 */
import type * as v from 'valibot'
import { choiceKey, group, textKey, textListKey } from '../key.ts'

const origin = {
  accepts: (text: string) => /^https?:\/\/[^/\s]+$/.test(text),
  expected: 'expected an origin such as https://chat.example.test, without a path',
}

const pathBelowRoot = {
  accepts: (text: string) => /^(?:\/[\w.-]+)+$/.test(text),
  expected: 'expected a path such as /xcap-root, without a slash at its end',
}

export const webSection = group('The listener for WebSocket clients and HTTP.', {
  engine: choiceKey({
    choices: ['auto', 'uwebsockets', 'node'],
    default: 'auto',
    reload: 'restart',
    why: 'Force node where uWebSockets.js misbehaves; auto takes it where its binary loads, and the log names it.',
  }),
  allowedOrigins: textListKey({
    default: [],
    rule: origin,
    lengthMax: 64,
    reload: 'reconnect',
    why: 'Name web sites to let only their pages open a WebSocket; empty lets all: SIP asks each for a password.',
  }),
  xcapRoot: textKey({
    default: '/xcap-root',
    rule: pathBelowRoot,
    reload: 'restart',
    why: 'Where clients read and write their contact lists and rules (XCAP); change it if clients expect another path.',
  }),
})

export type WebConfig = v.InferOutput<typeof webSection>
