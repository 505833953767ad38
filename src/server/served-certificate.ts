/**
 * The certificate that tls and web show: made at a first start where none is configured, watched, and changed while the
 * server runs. Flows that are open stay.
 */
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { type CertificateWatch, watchCertificates } from '../certificates/index.ts'
import { type Config, type ConfigError, configError, dataPaths, type Origin } from '../config/index.ts'
import type { Log } from '../ports/log.ts'
import type { ListenEndpoint, TlsMaterial } from '../runtime/index.ts'
import { ensureCertificates } from './ensure-certificates.ts'
import { loadSessionTicketKeys } from './key-files.ts'

export function needsCertificate(endpoints: readonly ListenEndpoint[]): boolean {
  return endpoints.some(({ transport }) => transport === 'tls' || transport === 'web')
}

export class ServedCertificate {
  readonly #log: Log
  readonly #ticketKeys: Buffer
  #config: Config
  #watch: CertificateWatch | null = null
  #onChange: (tls: TlsMaterial) => void = () => {}

  private constructor(config: Config, log: Log, ticketKeys: Buffer) {
    this.#config = config
    this.#log = log
    this.#ticketKeys = ticketKeys
  }

  /** `names`: of a certificate that has to be made. */
  static async open(config: Config, names: readonly string[], log: Log): Promise<ServedCertificate> {
    const paths = dataPaths(config)
    if (config.tls.certificateFile === null) {
      const made = await ensureCertificates(paths, { domain: config.domain.name, names })
      if (made === 'made') log.write('info', 'certificates.made', { file: paths.certificate.certFile })
    }
    return new ServedCertificate(config, log, loadSessionTicketKeys(paths.secrets, Date.now()))
  }

  get material(): TlsMaterial {
    const { clientAuthorityFile, privateKeyPassphrase: passphrase } = this.#config.tls
    const { certificate } = dataPaths(this.#config)
    const { authorityFile: userAuthorityFile } = this.#config.auth.certificates
    return { certificate, clientAuthorityFile, userAuthorityFile, passphrase, ticketKeys: this.#ticketKeys }
  }

  /** `onChange`: with new content of the files, which is good, or other files. */
  watch(onChange: (tls: TlsMaterial) => void): void {
    this.#onChange = onChange
    this.#watchFiles()
  }

  renew(config: Config): void {
    this.#config = config
    this.#watchFiles()
    this.#onChange(this.material)
  }

  close(): void {
    this.#watch?.close()
  }

  #watchFiles(): void {
    this.#watch?.close()
    const { certFile, keyFile } = dataPaths(this.#config).certificate
    const { clientAuthorityFile } = this.#config.tls
    const authorities = [clientAuthorityFile, this.#config.auth.certificates.authorityFile]
    const files = [certFile, keyFile, ...authorities.filter((file) => file !== null)]
    this.#watch = watchCertificates(files, () => this.#onNewContent(certFile))
  }

  #onNewContent(file: string): void {
    const [fault] = certificateFaults(this.#config, new Map())
    if (fault) {
      this.#log.write('error', 'certificates.refused', { file, problem: fault.message })
      return
    }
    this.#log.write('info', 'certificates.reloaded', { file })
    this.#onChange(this.material)
  }
}

/** Files that cannot be read, are no PEM or do not fit together; by the key of the configuration that names them. */
export function certificateFaults(config: Config, origins: ReadonlyMap<string, Origin>): readonly ConfigError[] {
  const { certFile, keyFile } = dataPaths(config).certificate
  const { clientAuthorityFile, privateKeyPassphrase } = config.tls
  const fault = (key: string, message: string) => [configError(origins.get(key) ?? { kind: 'default' }, key, message)]
  const content: Record<string, Buffer> = {}
  const named = { certificateFile: certFile, privateKeyFile: keyFile, clientAuthorityFile }
  for (const [key, path] of Object.entries(named)) {
    try {
      if (path !== null) content[key] = readFileSync(path)
    } catch (error) {
      return fault(`tls.${key}`, `cannot read ${path}: ${(error as NodeJS.ErrnoException).code ?? error}`)
    }
  }
  const { certificateFile: cert, privateKeyFile: key, clientAuthorityFile: ca } = content
  const passphrase = privateKeyPassphrase === null ? {} : { passphrase: privateKeyPassphrase }
  try {
    createSecureContext({ cert, key, ...passphrase, ...(ca === undefined ? {} : { ca }) })
    return []
  } catch (error) {
    return fault('tls.certificateFile', `${certFile} and ${keyFile} cannot be used: ${(error as Error).message}`)
  }
}
