/**
 * Reads an issuer's keys (JWKS, RFC 7517 §5) by HTTPS or from a file. What comes is a stranger's: bounded in size and
 * time, never redirected, and checked to be a set of keys.
 */
import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { get as getPlain, type IncomingMessage } from 'node:http'
import { get as getSecure } from 'node:https'
import type { JSONWebKeySet } from 'jose'

/** Issuers publish a handful of keys, of 2 KB at most. */
const bytesMax = 256 * 1024
const deadlineMs = 5_000

export interface KeyPlace {
  /** An https URL; http for loopback only (the configuration sees to that). Or null: `file`. */
  readonly url: string | null
  readonly file: string | null
  /** PEM of the authority that issued for the URL's host; null: those that Node knows. */
  readonly authorityFile: string | null
}

/** Rejects with what is wrong, in words for an administrator. */
export async function readKeys(place: KeyPlace): Promise<JSONWebKeySet> {
  const text = place.url === null ? await readFile(place.file ?? '', 'utf8') : await fetchText(place.url, place)
  const found = parse(text)
  if (!Array.isArray(found?.keys)) throw new Error(`${place.url ?? place.file} is no JSON Web Key Set`)
  return found as JSONWebKeySet
}

function parse(text: string): { readonly keys?: unknown } | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

function fetchText(url: string, { authorityFile }: KeyPlace): Promise<string> {
  const signal = AbortSignal.timeout(deadlineMs)
  const options = { signal, agent: false as const, headers: { accept: 'application/json' } }
  const ca = authorityFile === null ? {} : { ca: readFileSync(authorityFile) }
  return new Promise((resolve, reject) => {
    const onResponse = (response: IncomingMessage) => void readBody(url, response).then(resolve, reject)
    const request = url.startsWith('https:')
      ? getSecure(url, { ...options, ...ca }, onResponse)
      : getPlain(url, options, onResponse)
    request.on('error', reject)
  })
}

async function readBody(url: string, response: IncomingMessage): Promise<string> {
  if (response.statusCode !== 200) {
    response.destroy()
    throw new Error(`${url} answers ${response.statusCode}`)
  }
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > bytesMax) throw new Error(`${url} sends more than ${bytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
