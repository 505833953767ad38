/**
 * A worker's ways to sign users in without a secret of ours: what clients' certificates are held against, and who
 * checks bearer tokens. Files are read at the start and whenever they have changed; what is new holds for connections
 * that are open too.
 */
import type * as Certificates from '../certificates/index.ts'
import type { AuditNotes } from '../ports/audit-notes.ts'
import type { BearerTokens, TokenVerdict } from '../ports/bearer-tokens.ts'
import type { ClientCertificates, ClientVerdict } from '../ports/client-certificates.ts'
import type { Clock } from '../ports/clock.ts'
import type { LinkEvidence } from '../ports/link-flow.ts'
import type { Log } from '../ports/log.ts'
import type { TokenVerifier } from '../tokens/index.ts'
import type { FromShardWorker, SignInSettings } from './worker-protocol.ts'

export interface SignInPorts {
  readonly clock: Clock
  readonly log: Log
  /** Something was done outside a turn. */
  readonly onWork: () => void
  readonly tell: (note: FromShardWorker & { readonly kind: 'audit' }) => void
}

/** Strangers can make notes: so many in a minute, and then one that says how many more there were. */
const notesPerMinute = 60
const minuteMs = 60_000

export class WorkerSignIn implements ClientCertificates, BearerTokens, AuditNotes {
  readonly #settings: SignInSettings
  readonly #ports: SignInPorts
  /** What looks into certificates takes long to load, which workers that need it not should not spend. */
  #certificates: typeof Certificates | null = null
  #trust: Certificates.LinkTrust | null = null
  #watch: Certificates.CertificateWatch | null = null
  #verifier: TokenVerifier | null = null
  #noted = { sinceMs: Number.NEGATIVE_INFINITY, count: 0 }

  constructor(settings: SignInSettings, ports: SignInPorts) {
    this.#settings = settings
    this.#ports = ports
  }

  /** What the core is given. */
  get corePorts(): { certificates?: ClientCertificates; tokens?: BearerTokens; audit: AuditNotes } {
    const { certificates, tokens } = this.#settings
    return { ...(certificates ? { certificates: this } : {}), ...(tokens ? { tokens: this } : {}), audit: this }
  }

  /** Before anything is asked. `onTrust`: what certificates are held against has changed. Rejects for bad files. */
  async load(onTrust: () => void): Promise<void> {
    const { certificates, tokens } = this.#settings
    if (certificates) {
      this.#certificates = await import('../certificates/index.ts')
      await this.#readTrust()
      const files = [certificates.authorityFile, ...certificates.revocationFiles]
      this.#watch = this.#certificates.watchCertificates(files, () => void this.#renewTrust(onTrust))
    }
    if (tokens) await this.#openTokens(tokens)
  }

  close(): void {
    this.#watch?.close()
  }

  check(evidence: LinkEvidence): ClientVerdict {
    const { names } = this.#settings.certificates!
    return this.#certificates!.checkClient(evidence, names, this.#trust!, this.#ports.clock.systemMs())
  }

  verify(token: string, done: (verdict: TokenVerdict) => void): void {
    this.#verifier!.verify(token, done)
  }

  note(event: string, subject: string, detail: string): void {
    const nowMs = this.#ports.clock.monotonicMs()
    if (nowMs - this.#noted.sinceMs > minuteMs) {
      const left = this.#noted.count - notesPerMinute
      if (left > 0)
        this.#ports.tell({ kind: 'audit', event: 'audit.notes-left-out', subject: '', detail: String(left) })
      this.#noted = { sinceMs: nowMs, count: 0 }
    }
    if (++this.#noted.count <= notesPerMinute) this.#ports.tell({ kind: 'audit', event, subject, detail })
  }

  async #openTokens({ rules, keys }: NonNullable<SignInSettings['tokens']>): Promise<void> {
    const { IssuerKeys, readKeys, TokenVerifier } = await import('../tokens/index.ts')
    const { clock, log } = this.#ports
    const onFault = (fault: string) => log.write('error', 'tokens.keys-unreachable', { fault })
    const issuerKeys = new IssuerKeys(
      () => readKeys(keys),
      () => clock.monotonicMs(),
      onFault,
    )
    this.#verifier = new TokenVerifier(
      rules,
      issuerKeys,
      () => clock.systemMs(),
      (work) => this.#run(work),
    )
  }

  async #readTrust(): Promise<void> {
    const { authorityFile: caFile, revocationFiles: crlFiles } = this.#settings.certificates!
    const trust = await this.#certificates!.readLinkTrust({ caFile, crlFiles }, this.#ports.clock.systemMs())
    for (const file of trust.outdated) this.#ports.log.write('warn', 'certificates.revocations-outdated', { file })
    this.#trust = trust
  }

  #run(work: () => void): void {
    work()
    this.#ports.onWork()
  }

  /** Files that cannot be used leave what was known before. */
  async #renewTrust(onTrust: () => void): Promise<void> {
    try {
      await this.#readTrust()
      this.#ports.log.write('info', 'certificates.user-trust-reloaded')
      this.#run(onTrust)
    } catch (error) {
      this.#ports.log.write('error', 'certificates.refused', { error: String(error) })
    }
  }
}
