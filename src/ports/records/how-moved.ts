/**
 * What becomes of each kind of record when its user gets another home. Every kind of `kinds.ts` has a row; a kind
 * without one is not moved, and `test/unit/moving/how-moved.test.ts` says so.
 */

/**
 * `copied`: as it is. `resealed`: opened here and sealed there, since each server has a key of its own. `remade`: made
 * there of what the account says. `stays`: the server's, and no user's.
 */
export type HowMoved = 'copied' | 'resealed' | 'remade' | 'stays'

export const howMoved: Readonly<Record<string, HowMoved>> = {
  account: 'copied',
  // Under the other name, and so in no range of the user's.
  alias: 'remade',
  arrival: 'stays',
  arriving: 'stays',
  binding: 'copied',
  credential: 'resealed',
  // A domain controller's word about a user whom the directory has; each home asks it itself.
  denial: 'stays',
  device: 'copied',
  'device-credential': 'resealed',
  'directory-user': 'copied',
  document: 'copied',
  'hard-state': 'copied',
  home: 'stays',
  'last-written': 'stays',
  'mailbox-message': 'copied',
  manifest: 'stays',
  // Retransmissions that meet the new home get the answer that the old one gave.
  operation: 'copied',
  // Each home counts what it has passed on.
  'password-budget': 'stays',
  policy: 'stays',
  publication: 'copied',
  // A user with damaged records is not moved: it is not known what would be lost.
  quarantine: 'stays',
  queue: 'copied',
  secret: 'stays',
  'set-aside': 'copied',
  // They end at the new home, which must know them to say so.
  subscription: 'copied',
}
