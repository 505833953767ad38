/**
 * From the topology in force to what workers are told of it: who they are in it, where links come in, and what they are
 * checked against, which is watched as well.
 */
import { type CertificateWatch, watchCertificates } from '../certificates/index.ts'
import { type Config, dataPaths } from '../config/index.ts'
import type { LinkSettings, ListenEndpoint } from '../runtime/index.ts'
import type { RoutesSettings } from '../topology/index.ts'
import type { ServedTopology } from './served-topology.ts'

export class RoutedTopology {
  readonly #config: Config
  readonly #served: ServedTopology
  /** By number, this server first; names are never taken away while the server runs. */
  readonly #names: string[]
  #watch: CertificateWatch | null = null

  constructor(config: Config, served: ServedTopology) {
    this.#config = config
    this.#served = served
    this.#names = [this.#ownName]
  }

  routes(bootId: string): RoutesSettings {
    const { current } = this.#served
    for (const { name } of current.servers) if (!this.#names.includes(name)) this.#names.push(name)
    const { server, topology } = this.#config
    const numbers = [...this.#names]
    return { role: server.role, bootId, topology: current, numbers, redirects: topology.redirects }
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

  /** `onChange`: authorities or revocation lists have new content. */
  watchTrust(onChange: (files: LinkSettings['files']) => void): void {
    const { authorityFile, revocationFiles } = this.trustFiles
    this.#watch = watchCertificates([authorityFile, ...revocationFiles], () => onChange(this.trustFiles))
  }

  close(): void {
    this.#watch?.close()
  }

  get #ownName(): string {
    return (this.#config.server.name ?? '').toLowerCase()
  }
}

/** An address for links alone, where the configuration names one. */
export function linkEndpoints({ topology }: Config): readonly ListenEndpoint[] {
  const { file, linkHost, linkPort } = topology
  return file === null || linkHost === null
    ? []
    : [{ transport: 'tls', host: linkHost, port: linkPort, isOnlyLinks: true }]
}
