/**
 * A question of a command to a domain controller, in the name of whoever has the right to ask it.
 */
import { LdapFault, type LdapWriter } from '../../ports/ldap.ts'
import type { OpenedDirectory } from './open-directory.ts'

/** Of the first controller that answers: `port` is the global catalog, `domainPort` takes changes. */
export async function askController<T>(
  { settings, ports }: OpenedDirectory,
  port: 'port' | 'domainPort',
  { name, password }: { readonly name: string; readonly password: string },
  question: (connection: LdapWriter) => Promise<T>,
): Promise<T> {
  let last: unknown = new LdapFault('gone', 'no domain controller is configured')
  for (const server of settings.servers) {
    try {
      const connection = await ports.open({ host: server.host, port: server[port] })
      try {
        await connection.bind(name, password)
        return await question(connection)
      } finally {
        connection.close()
      }
    } catch (error) {
      if (!(error instanceof LdapFault) || error.kind === 'refused') throw error
      last = error
    }
  }
  throw last
}
