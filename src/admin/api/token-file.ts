/**
 * `admin-tokens.json`: the bearer tokens of the admin API with the hashes of their secrets, for the owner of the data
 * folder only. A secret has 256 random bits, so that one plain hash is as good as a slow one.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { writeSecretFile } from '../../certificates/index.ts'
import type { CreatedToken, NewToken, TokenBook, TokenFacts } from '../acts/tokens-acts.ts'
import { roles } from '../roles.ts'

/** `mrd_` so that scanners for lost secrets know it; then the public id, then the secret. */
const tokenPattern = /^mrd_([0-9a-f]{16})_([\w-]{43})$/
const idBytes = 8
const secretBytes = 32

const stored = v.strictObject({
  version: v.literal(1),
  tokens: v.array(
    v.strictObject({
      id: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)),
      name: v.string(),
      role: v.picklist(roles),
      createdMs: v.number(),
      expiresMs: v.nullable(v.number()),
      secretSha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    }),
  ),
})
type StoredToken = v.InferOutput<typeof stored>['tokens'][number]

export type TokenFileStart =
  | { readonly ok: true; readonly tokens: TokenFile }
  | { readonly ok: false; readonly message: string }

export class TokenFile implements TokenBook {
  readonly #path: string
  readonly #now: () => number
  #stored: readonly StoredToken[]

  private constructor(path: string, tokens: readonly StoredToken[], now: () => number) {
    this.#path = path
    this.#stored = tokens
    this.#now = now
  }

  /** No file: no tokens. One that cannot be read is a fault: no token must come back to life by a mistake. */
  static open(path: string, now: () => number): TokenFileStart {
    let text: string
    try {
      text = readFileSync(path, 'utf8')
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') return { ok: true, tokens: new TokenFile(path, [], now) }
      return { ok: false, message: `cannot read the tokens of the admin API in ${path}: ${code ?? error}` }
    }
    const read = v.safeParse(v.pipe(v.string(), v.parseJson(), stored), text)
    if (read.success) return { ok: true, tokens: new TokenFile(path, read.output.tokens, now) }
    return { ok: false, message: `${path} is damaged; move it away, and make the tokens of the admin API anew` }
  }

  get tokens(): readonly TokenFacts[] {
    return this.#stored.map(factsOf)
  }

  create({ name, role, expiresMs }: NewToken): CreatedToken {
    const id = randomBytes(idBytes).toString('hex')
    const secret = randomBytes(secretBytes).toString('base64url')
    const facts: TokenFacts = { id, name, role, createdMs: this.#now(), expiresMs }
    this.#write([...this.#stored, { ...facts, secretSha256: hashOf(secret).toString('hex') }])
    return { ...facts, token: `mrd_${id}_${secret}` }
  }

  revoke(id: string): TokenFacts | null {
    const token = this.#stored.find((each) => each.id === id)
    if (!token) return null
    this.#write(this.#stored.filter((each) => each !== token))
    return factsOf(token)
  }

  /** The token of this text, if it is good now; compared in the same time whoever it names, or nobody. */
  find(text: string): TokenFacts | null {
    const [, id = '', secret = ''] = tokenPattern.exec(text) ?? []
    const token = this.#stored.find((each) => each.id === id)
    const wanted = token ? Buffer.from(token.secretSha256, 'hex') : hashOf('')
    const isRight = timingSafeEqual(hashOf(secret), wanted)
    return token && isRight && secret !== '' ? this.byId(id) : null
  }

  /** If it is good now. */
  byId(id: string): TokenFacts | null {
    const token = this.#stored.find((each) => each.id === id)
    if (!token || (token.expiresMs !== null && token.expiresMs <= this.#now())) return null
    return factsOf(token)
  }

  /** In memory only what is on the disk. */
  #write(tokens: readonly StoredToken[]): void {
    writeSecretFile(this.#path, `${JSON.stringify({ version: 1, tokens }, null, 2)}\n`)
    this.#stored = tokens
  }
}

function factsOf({ id, name, role, createdMs, expiresMs }: StoredToken): TokenFacts {
  return { id, name, role, createdMs, expiresMs }
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
