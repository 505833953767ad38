/**
 * The admin API's network side over accounts in memory, with clocks that a test moves, and tokens in a folder.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAdminBackend, NetworkFront, type Role, type TokenFile } from '../../src/admin/index.ts'
import { createSecretBox, DirectAccounts } from '../../src/directory/index.ts'
import type { Store } from '../../src/ports/store.ts'
import { type AuditEntry, MemoryStore } from '../../src/store/index.ts'
import { adminPorts, tokensIn } from './admin-ports.ts'
import { testNowMs } from './data-folder.ts'

export interface FrontAsk {
  readonly token?: string
  readonly address?: string
  readonly json?: unknown
  /** Of bytes that are no JSON. */
  readonly body?: Uint8Array
  readonly contentType?: string | null
  readonly ifMatch?: string
  readonly ifNoneMatch?: string
  readonly cookie?: string
  readonly host?: string
  readonly origin?: string | null
  readonly consoleHeader?: string | null
  readonly certificateNames?: readonly string[]
}

export interface FrontAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export class AdminFrontWorld {
  readonly folder: string
  readonly tokens: TokenFile
  readonly clock = { nowMs: testNowMs, monotonicMs: 0 }
  readonly settings = {
    version: '0.0.0',
    requestsPerSecond: 10_000,
    certificateRoles: [] as { name: string; role: Role }[],
    allowedOrigins: [] as string[],
  }
  readonly told = { unauthorized: [] as string[], faults: [] as unknown[] }
  readonly audited: AuditEntry[] = []
  readonly #front: NetworkFront

  constructor(folder: string) {
    this.folder = folder
    mkdirSync(folder, { recursive: true })
    const now = () => this.clock.nowMs
    this.tokens = tokensIn(folder, now)
    const box = createSecretBox(Buffer.alloc(32), { bytes: (count) => Buffer.alloc(count, 7), word: () => '07' })
    const accounts = new DirectAccounts({ store: promptStore(), box, now })
    const backendFor = (by: string) => {
      const audit = { append: async (entry: AuditEntry) => void this.audited.push({ by, ...entry }) }
      return createAdminBackend(adminPorts({ accounts, now, audit, tokens: this.tokens }, folder))
    }
    this.#front = new NetworkFront({
      backendFor,
      tokens: this.tokens,
      settings: () => this.settings,
      now,
      monotonicMs: () => this.clock.monotonicMs,
      onOutcome: () => {},
      onUnauthorized: (address) => this.told.unauthorized.push(address),
      onFault: (error) => this.told.faults.push(error),
    })
  }

  /** A new token of this role. */
  readonly token = (role: Role): string =>
    this.tokens.create({ name: `a ${role} ${this.tokens.tokens.length}`, role, expiresMs: null }).token

  readonly ask = async (method: string, target: string, given: FrontAsk = {}): Promise<FrontAnswer> => {
    const [path = '', query = ''] = target.split('?')
    const body = given.body ?? (given.json === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(given.json)))
    const {
      status,
      headers,
      body: answered,
    } = await this.#front.answer({
      method,
      path,
      query,
      body,
      contentType: given.contentType === undefined ? 'application/json' : given.contentType,
      ifMatch: given.ifMatch ?? null,
      ifNoneMatch: given.ifNoneMatch ?? null,
      remoteAddress: given.address ?? '127.0.0.1',
      authorization: given.token === undefined ? null : `Bearer ${given.token}`,
      cookie: given.cookie ?? null,
      host: given.host ?? null,
      origin: given.origin ?? null,
      consoleHeader: given.consoleHeader ?? null,
      certificateNames: given.certificateNames ?? null,
    })
    return { status, headers: Object.fromEntries(headers), body: answered }
  }

  tokenFile(): string {
    return readFileSync(join(this.folder, 'admin-tokens.json'), 'utf8')
  }
}

export function bodyOf({ body }: FrontAnswer): ReturnType<typeof JSON.parse> {
  return JSON.parse(body)
}

/** The memory store waits to be told when to flush; here it is at once. */
export function promptStore(): Store {
  const store = new MemoryStore()
  const flushSoon = () => queueMicrotask(() => store.flush())
  return {
    commit: (writes) => {
      flushSoon()
      return store.commit(writes)
    },
    scan: (range, visit) => {
      flushSoon()
      return store.scan(range, visit)
    },
    listen: (listener) => store.listen(listener),
  }
}
