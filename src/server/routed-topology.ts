/**
 * From the topology in force to what workers are told of it: who they are in it, where links come in, and what they are
 * checked against, which is watched as well.
 */
import { type CertificateWatch, readLinkTrust, watchCertificates } from '../certificates/index.ts'
import { type Config, dataPaths } from '../config/index.ts'
import type { LinkSettings, ListenEndpoint } from '../runtime/index.ts'
import type { RoutesSettings } from '../topology/index.ts'
import type { ServedTopology } from './served-topology.ts'
import { StartFailure } from './start-failure.ts'

export class RoutedTopology {
  #config: Config
  readonly #served: ServedTopology
  /** By number, this server first; names are never taken away while the server runs. */
  readonly #names: string[]
  #watch: CertificateWatch | null = null
  #onTrust: (files: LinkSettings['files']) => void = () => {}

  constructor(config: Config, served: ServedTopology) {
    this.#config = config
    this.#served = served
    this.#names = [this.#ownName]
  }

  routes(bootId: string): RoutesSettings {
    const { current } = this.#served
    for (const { name } of current.servers) if (!this.#names.includes(name)) this.#names.push(name)
    const { server, topology, directory } = this.#config
    const numbers = [...this.#names]
    const asksDirectory = directory.kind !== 'local'
    return { role: server.role, bootId, topology: current, numbers, redirects: topology.redirects, asksDirectory }
  }

  /** `workersCount`: of this start. */
  links(bootId: string, workersCount: number): LinkSettings {
    const own = { name: this.#ownName, role: this.#config.server.role, bootId, workersCount }
    return { own, files: this.trustFiles }
  }

  get trustFiles(): LinkSettings['files'] {
    const { revocationFiles } = this.#config.topology
    return { authorityFile: dataPaths(this.#config).linkAuthorityFile, revocationFiles }
  }

  /** Links come in on an address of their own where one is configured, else where clients come by TLS. */
  endpoints(configured: readonly ListenEndpoint[]): readonly ListenEndpoint[] {
    const { linkHost: host, linkPort: port } = this.#config.topology
    if (host !== null) return [...configured, { transport: 'tls', host, port, links: 'alone' }]
    return configured.map((each) => (each.transport === 'tls' ? { ...each, links: 'with-clients' } : each))
  }

  /** Throws `StartFailure` where authorities or revocation lists are not what they should be. */
  async checkTrust(): Promise<void> {
    const { authorityFile: caFile, revocationFiles: crlFiles } = this.trustFiles
    try {
      await readLinkTrust({ caFile, crlFiles }, Date.now())
    } catch (error) {
      throw new StartFailure(error instanceof Error ? error.message : String(error), 'configuration')
    }
  }

  /** `onChange`: authorities or revocation lists have new content, or are others. */
  watchTrust(onChange: (files: LinkSettings['files']) => void): void {
    this.#onTrust = onChange
    this.#watchFiles()
  }

  renew(config: Config): void {
    this.#config = config
    this.#watchFiles()
    this.#onTrust(this.trustFiles)
  }

  close(): void {
    this.#watch?.close()
  }

  #watchFiles(): void {
    this.#watch?.close()
    const { authorityFile, revocationFiles } = this.trustFiles
    this.#watch = watchCertificates([authorityFile, ...revocationFiles], () => this.#onTrust(this.trustFiles))
  }

  get #ownName(): string {
    return (this.#config.server.name ?? '').toLowerCase()
  }
}

/** Where to listen, alone or among others. */
export function endpointsOf(
  { listen: { endpoints } }: Config,
  routed: RoutedTopology | null,
): readonly ListenEndpoint[] {
  return routed?.endpoints(endpoints) ?? endpoints
}
