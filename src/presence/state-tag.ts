/**
 * Entity tags of what a watcher is told of a user (RFC 5839 §4.1): made of the document alone, so that who is politely
 * blocked has the very tag of somebody who is away, and a tag still fits after a restart.
 */
import { hash } from 'node:crypto'

/** Of what many watchers are told; each document is hashed once. */
const known = new WeakMap<Uint8Array, string>()

/** 96 bits of SHA-256 as a token (RFC 3261 §25.1). */
export function stateTag(document: Uint8Array): string {
  let tag = known.get(document)
  if (tag === undefined) {
    tag = hash('sha256', document, 'base64url').slice(0, 16)
    known.set(document, tag)
  }
  return tag
}
