/**
 * A domain controller that is asked now and then by one connection, which stays open and bound in between.
 */
import { type LdapConnection, LdapFault, type LdapServer, type OpenLdap } from '../../ports/ldap.ts'
import { catalogName } from './catalog-metrics.ts'
import type { ServiceAccount } from './catalogs.ts'
import type { FollowedController } from './change-follower.ts'
import { faultWords } from './check-directory.ts'

export class ControllerConnection implements FollowedController {
  readonly name: string
  readonly #server: LdapServer
  readonly #account: ServiceAccount
  readonly #open: OpenLdap
  #connection: LdapConnection | null = null

  constructor(server: LdapServer, account: ServiceAccount, open: OpenLdap) {
    this.name = catalogName(server)
    this.#server = server
    this.#account = account
    this.#open = open
  }

  /** One question at a time. Rejects with `LdapFault`. */
  async ask<T>(question: (connection: LdapConnection) => Promise<T>): Promise<T> {
    if (!this.#connection?.isOpen) this.#connection = await this.#openBound()
    return question(this.#connection)
  }

  end(): void {
    this.#connection?.close()
    this.#connection = null
  }

  async #openBound(): Promise<LdapConnection> {
    const connection = await this.#open(this.#server)
    try {
      await connection.bind(this.#account.name, this.#account.password)
      return connection
    } catch (error) {
      connection.close()
      throw new LdapFault('gone', faultWords(error))
    }
  }
}
