/**
 * Accounts of the simulated users: made in a Meridian over its admin socket, or written as a file for another server.
 */
import { AdminClient } from '../../src/cli/admin-client.ts'
import { computeHa1 } from '../../src/sip/index.ts'
import type { Naming, Population } from '../users/population.ts'

const contactsAtOnce = 16

/** Throws with the server's words where it refuses. Users who are there already are left as they are. */
export async function importAccounts(
  socketPath: string,
  population: Population,
  naming: Naming,
  lists: boolean,
): Promise<void> {
  const admin = new AdminClient(socketPath)
  const rows = Array.from({ length: population.users }, (_, user) => ({
    name: naming.userName(user),
    displayName: `Simulated user ${user}`,
    aliases: [],
    groups: [],
    password: naming.password(user),
    disabled: false,
  }))
  const imported = await admin.importUsers(rows)
  if (!imported.ok) throw new Error(`the accounts could not be made: ${imported.message}`)
  if (!lists) return
  let next = 0
  const work = async () => {
    while (next < population.users) await putContacts(admin, next++, population, naming)
  }
  await Promise.all(Array.from({ length: contactsAtOnce }, work))
}

async function putContacts(admin: AdminClient, user: number, population: Population, naming: Naming): Promise<void> {
  const contacts = [...population.contactsOf(user)].map((contact) => ({
    contact: naming.aor(contact),
    displayName: null,
    groups: [],
    flags: null,
  }))
  if (contacts.length === 0) return
  const put = await admin.contacts.put(naming.userName(user), contacts)
  if (!put.ok) throw new Error(`the contacts of ${naming.userName(user)} could not be written: ${put.message}`)
}

/** For `meridian user import` and anything that reads CSV. */
export function accountsCsv(users: number, naming: Naming): string {
  const rows = Array.from({ length: users }, (_, user) => `${naming.userName(user)},${naming.password(user)}\n`)
  return `name,password\n${rows.join('')}`
}

/** Rows of Kamailio's table `subscriber`: password in clear, and HA1 with MD5 as its module auth_db reads it. */
export function accountsSql(users: number, naming: Naming): string {
  const { domain } = naming
  const rows = Array.from({ length: users }, (_, user) => {
    const [name, password] = [naming.userName(user), naming.password(user)]
    const ha1 = computeHa1('MD5', name, domain, password)
    const ha1b = computeHa1('MD5', `${name}@${domain}`, domain, password)
    const values = [name, domain, password, ha1, ha1b].map((text) => `'${text}'`).join(', ')
    return `INSERT INTO subscriber (username, domain, password, ha1, ha1b) VALUES (${values});\n`
  })
  return `BEGIN;\n${rows.join('')}COMMIT;\n`
}
