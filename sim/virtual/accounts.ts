/**
 * Accounts and contact lists of the simulated users, written to the virtual disk before the server first starts.
 */
import { digestSecrets } from '../../src/admin/index.ts'
import { accountWrites } from '../../src/directory/local/account-records.ts'
import { createSecretBox } from '../../src/directory/local/secret-box.ts'
import { documentKey, documentRecord } from '../../src/ports/records/document.ts'
import type { Aor } from '../../src/sip/uri/aor.ts'
import { contactsDocument, putContacts, resourceLists } from '../../src/xcap/index.ts'
import type { Naming, Population } from '../users/population.ts'
import { SeededEntropy } from '../world/seeded-entropy.ts'
import { secretKey } from '../world/server.ts'
import type { World } from '../world/world.ts'

/** Where there is a directory, every third user is its own, and no account before somebody asks for him. */
const ofDirectoryEvery = 3

export function prepareUsers(world: World, population: Population, naming: Naming, withLists: boolean): void {
  const box = createSecretBox(secretKey, new SeededEntropy(world.random.fork('accounts')))
  const createdMs = world.system.nowMs
  for (let user = 0; user < population.users; user++) {
    const aor = naming.aor(user) as Aor
    const displayName = `Simulated user ${user}`
    const account = { aor, aliases: [], displayName, groups: [], disabled: false, epoch: 1, createdMs }
    const secrets = digestSecrets(aor, naming.domain, naming.password(user))
    if (world.directory && user % ofDirectoryEvery === 0) world.directory.add(aor, secrets)
    else world.disk.prepare(accountWrites(account, secrets, box))
    if (withLists) prepareList(world, aor, population.contactsOf(user), naming)
  }
}

function prepareList(world: World, aor: Aor, contacts: Uint32Array, naming: Naming): void {
  if (contacts.length === 0) return
  const entries = [...contacts].map((contact) => ({
    uri: naming.aor(contact),
    displayName: null,
    groups: [],
    flags: null,
  }))
  const list = putContacts(null, entries)
  if (!list.ok) throw new Error(`no list of ${contacts.length} contacts: ${list.message}`)
  const value = documentRecord.encode({
    ...contactsDocument,
    contentType: resourceLists.contentType,
    bytes: list.bytes,
    // Parsed documents are known by their tag: no two may have the same.
    etag: `simulated ${aor}`,
    changedMs: world.system.nowMs,
  })
  world.disk.prepare([{ key: documentKey(aor, contactsDocument.auid, contactsDocument.name), value }])
}
