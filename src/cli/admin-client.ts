/**
 * The admin backend of a running server, over HTTP on its unix socket (`src/admin/admin-api.ts`).
 */
import { request as httpRequest } from 'node:http'
import type {
  AdminBackend,
  AdminErrorCode,
  AdminResult,
  BackupReport,
  BackupsBackend,
  ConfigBackend,
  ContactsBackend,
  DevicesBackend,
  GroupChange,
  HealthReport,
  ImportOutcome,
  MoveBackend,
  NewUser,
  PageAsk,
  PolicyBackend,
  PresenceBackend,
  ShownRecord,
  StateBackend,
  StoreCheck,
  StoreStats,
  TokensBackend,
  TraceBackend,
  TrafficBackend,
  UserDetails,
  UserFilter,
  UserPage,
  UserSummary,
} from '../admin/index.ts'
import { answers, denied, granted, importRowsMax } from '../admin/index.ts'
import type { DeviceSummary } from '../ports/admin.ts'

/** A backup of a large store takes this long; everything else answers in milliseconds. */
const answerTimeoutMs = 10 * 60_000

export class AdminClient implements AdminBackend {
  readonly #socketPath: string
  readonly #timeoutMs: number

  readonly contacts: ContactsBackend = {
    list: (user) => this.#ask('GET', `${userPath(user)}/contacts`),
    put: (user, contacts) => this.#ask('POST', `${userPath(user)}/contacts`, { contacts }),
    remove: (user, contact, groups) => this.#ask('DELETE', `${userPath(user)}/contacts`, { contact, groups }),
  }
  readonly devices: DevicesBackend = {
    list: (user) => this.#ask('GET', devicesPath(user)),
    revoke: (user, device) => this.#ask('DELETE', devicesPath(user), { device }),
    enrol: (user, password, device) => this.#ask('POST', devicesPath(user), { password, device }),
  }
  readonly policy: PolicyBackend = {
    organisation: () => this.#ask('GET', '/v1/policy'),
    setDefault: (value) => this.#ask('PUT', '/v1/policy/default', { default: value }),
    putRule: (rule) => this.#ask('POST', '/v1/policy/rules', rule),
    removeRule: (from, to) => this.#ask('DELETE', '/v1/policy/rules', { from, to }),
    ofUser: (name) => this.#ask('GET', `/v1/policy/users/${encodeURIComponent(name)}`),
    setUserRule: (name, rule, watchers) =>
      this.#ask('POST', `/v1/policy/users/${encodeURIComponent(name)}`, { rule, watchers }),
  }
  readonly homes: MoveBackend = {
    move: (user, to) => this.#ask('POST', `${userPath(user)}/move`, { to }),
    adopt: (user, as) => this.#ask('POST', `${userPath(user)}/adopt`, { ...as, force: true }),
  }
  readonly presence: PresenceBackend = {
    show: (user) => this.#ask('GET', presencePath(user)),
    watchers: (user) => this.#ask('GET', `${presencePath(user)}/watchers`),
    set: (user, state) => this.#ask('PUT', `${presencePath(user)}/hard-state`, state),
    clear: (user, by) => this.#ask('DELETE', `${presencePath(user)}/hard-state`, { by }),
  }

  readonly traffic: TrafficBackend = {
    record: (file, hours) => this.#ask('PUT', '/v1/traffic/recording', { file, hours }),
    stop: () => this.#ask('DELETE', '/v1/traffic/recording'),
    status: () => this.#ask('GET', '/v1/traffic/recording'),
  }

  readonly traces: TraceBackend = {
    begin: (trace) => this.#ask('POST', '/v1/traces', trace),
    read: (id, after, waitMs) =>
      this.#ask('GET', `${tracePath(id)}?${new URLSearchParams({ after: String(after), waitMs: String(waitMs) })}`),
    end: (id) => this.#ask('DELETE', tracePath(id)),
    list: () => this.#ask('GET', '/v1/traces'),
  }

  readonly config: ConfigBackend = { reload: () => this.#ask('POST', '/v1/config/reload') }

  readonly state: StateBackend = {
    summary: () => this.#ask('GET', '/v1/summary'),
    topology: () => this.#ask('GET', '/v1/topology'),
    links: () => this.#ask('GET', '/v1/topology/links'),
    report: () => this.#ask('GET', '/v1/report'),
  }

  readonly backups: BackupsBackend = {
    list: () => this.#ask('GET', '/v1/backups'),
    make: () => this.#ask('POST', '/v1/backups'),
  }

  readonly tokens: TokensBackend = {
    list: () => this.#ask('GET', '/v1/tokens'),
    create: (token) => this.#ask('POST', '/v1/tokens', token),
    revoke: (id) => this.#ask('DELETE', `/v1/tokens/${encodeURIComponent(id)}`),
  }

  constructor(socketPath: string, timeoutMs = answerTimeoutMs) {
    this.#socketPath = socketPath
    this.#timeoutMs = timeoutMs
  }

  addUser(user: NewUser): Promise<AdminResult<UserSummary>> {
    return this.#ask('POST', '/v1/users', user)
  }

  listUsers({ search, disabled, group }: UserFilter, { after, limit }: PageAsk): Promise<AdminResult<UserPage>> {
    const wanted = { search, group, after, limit: String(limit) }
    const query = new URLSearchParams(disabled === null ? wanted : { ...wanted, disabled: String(disabled) })
    return this.#ask('GET', `/v1/users?${query}`)
  }

  showUser(name: string): Promise<AdminResult<UserDetails>> {
    return this.#ask('GET', userPath(name))
  }

  setDisplayName(name: string, displayName: string): Promise<AdminResult<UserSummary>> {
    return this.#ask('PATCH', userPath(name), { displayName })
  }

  registrations(name: string): Promise<AdminResult<readonly DeviceSummary[]>> {
    return this.#ask('GET', `${userPath(name)}/registrations`)
  }

  signOut(name: string, deviceKey: string | null): Promise<AdminResult<UserDetails>> {
    const device = deviceKey === null ? '' : `/${encodeURIComponent(deviceKey)}`
    return this.#ask('DELETE', `${userPath(name)}/registrations${device}`)
  }

  setPassword(name: string, password: string): Promise<AdminResult<UserSummary>> {
    return this.#ask('PUT', `${userPath(name)}/password`, { password })
  }

  setDisabled(name: string, disabled: boolean): Promise<AdminResult<UserSummary>> {
    return this.#ask('PUT', `${userPath(name)}/disabled`, { disabled })
  }

  changeGroups(name: string, change: GroupChange): Promise<AdminResult<UserSummary>> {
    return this.#ask('POST', `${userPath(name)}/groups`, change)
  }

  removeUser(name: string): Promise<AdminResult<UserSummary>> {
    return this.#ask('DELETE', userPath(name))
  }

  async importUsers(rows: readonly NewUser[]): Promise<AdminResult<readonly ImportOutcome[]>> {
    const outcomes: ImportOutcome[] = []
    const warnings: string[] = []
    for (let at = 0; at < rows.length; at += importRowsMax) {
      const part = rows.slice(at, at + importRowsMax)
      const result = await this.#ask<readonly ImportOutcome[]>('POST', '/v1/import', { rows: part })
      if (!result.ok) return result
      outcomes.push(...result.value)
      warnings.push(...result.warnings)
    }
    return granted(outcomes, warnings)
  }

  exportUsers(): Promise<AdminResult<readonly UserSummary[]>> {
    return this.#ask('GET', '/v1/export')
  }

  backup(folder: string): Promise<AdminResult<BackupReport>> {
    return this.#ask('POST', '/v1/backup', { folder })
  }

  storeStats(): Promise<AdminResult<StoreStats>> {
    return this.#ask('GET', '/v1/store/stats')
  }

  storeCheck(): Promise<AdminResult<StoreCheck>> {
    return this.#ask('GET', '/v1/store/check')
  }

  storeShow(name: string): Promise<AdminResult<readonly ShownRecord[]>> {
    return this.#ask('GET', `/v1/store/records/${encodeURIComponent(name)}`)
  }

  health(): Promise<AdminResult<HealthReport>> {
    return this.#ask('GET', '/v1/health')
  }

  metricsText(): Promise<AdminResult<string>> {
    return this.#ask('GET', '/v1/metrics')
  }

  async #ask<T>(method: string, path: string, body?: unknown): Promise<AdminResult<T>> {
    const reply = await this.#exchange(method, path, body)
    if (typeof reply === 'string') return denied('unavailable', reply)
    return readReply<T>(reply)
  }

  /** The reply, or why there is none. */
  #exchange(method: string, path: string, body: unknown): Promise<Reply | string> {
    return new Promise((resolve) => {
      const payload = body === undefined ? '' : JSON.stringify(body)
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }
      const options = { socketPath: this.#socketPath, method, path, headers, timeout: this.#timeoutMs }
      const request = httpRequest(options, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', (error) => resolve(`the server’s answer broke off: ${error.message}`))
        response.on('end', () => {
          const type = response.headers['content-type'] ?? ''
          resolve({ status: response.statusCode ?? 0, type, text: Buffer.concat(chunks).toString('utf8') })
        })
      })
      request.on('timeout', () => request.destroy(new Error('no answer in time')))
      request.on('error', (error) => resolve(`the server on ${this.#socketPath} does not answer: ${error.message}`))
      request.end(payload)
    })
  }
}

function userPath(name: string): string {
  return `/v1/users/${encodeURIComponent(name)}`
}

function devicesPath(user: string): string {
  return `${userPath(user)}/devices`
}

function tracePath(id: string): string {
  return `/v1/traces/${encodeURIComponent(id)}`
}

function presencePath(user: string): string {
  return `${userPath(user)}/presence`
}

/** Null: no server runs on this socket (there is none, or nobody answers on it). */
export async function connectAdmin(socketPath: string, timeoutMs?: number): Promise<AdminClient | null> {
  if (await answers(socketPath)) return new AdminClient(socketPath, timeoutMs)
  return null
}

interface Reply {
  readonly status: number
  readonly type: string
  readonly text: string
}

function readReply<T>({ status, type, text }: Reply): AdminResult<T> {
  if (status === 200 && !type.startsWith('application/json')) return granted(text as T)
  try {
    const object = JSON.parse(text) as { value: T; warnings: string[]; error: AdminErrorCode; detail: string }
    return status === 200 ? granted(object.value, object.warnings) : denied(object.error, object.detail)
  } catch {
    return denied('failed', `the server gave an answer that is no JSON (status ${status})`)
  }
}
