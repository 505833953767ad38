/**
 * The configuration of Active Directory as the parts below need it: plain data, already checked.
 */
import type { AttributeMapping } from './attribute-mapping.ts'
import { CatalogChoice } from './catalog-choice.ts'
import type { CatalogsOptions, ServiceAccount } from './catalogs.ts'
import type { DomainController } from './check-directory.ts'

export interface DirectorySettings {
  readonly servers: readonly DomainController[]
  readonly tls: 'ldaps' | 'starttls'
  readonly account: string | null
  readonly password: string | null
  readonly site: string
  readonly base: string
  /** Empty where the schema is extended; then the other three mean nothing. */
  readonly addressAttribute: string
  readonly enabledAttribute: string
  readonly enabledValue: string
  readonly homeAttribute: string
  readonly cacheSeconds: number
  readonly slowMs: number
  readonly connectMs: number
  readonly answerMs: number
}

/** Empty where the configuration has none, which its check has refused before. */
export function serviceAccount({ account, password }: DirectorySettings): ServiceAccount {
  return { name: account ?? '', password: password ?? '' }
}

export function catalogsOptions(settings: DirectorySettings): CatalogsOptions {
  const { servers, site, slowMs } = settings
  return { servers, site, slowMs, account: serviceAccount(settings) }
}

/** Null where the known attributes are there. */
export function attributeMapping(
  settings: Pick<DirectorySettings, 'addressAttribute' | 'enabledAttribute' | 'enabledValue' | 'homeAttribute'>,
): AttributeMapping | null {
  const { addressAttribute: address, enabledAttribute: enabled, enabledValue, homeAttribute: home } = settings
  return address === '' ? null : { address, enabled, enabledValue, home }
}

/** In the order in which they are asked before anything is measured. */
export function catalogOrder({ servers, site, slowMs }: DirectorySettings): readonly DomainController[] {
  const order = new CatalogChoice(servers, { site, slowMs }).order()
  return order.flatMap((server) => servers.find((each) => each === server) ?? [])
}
