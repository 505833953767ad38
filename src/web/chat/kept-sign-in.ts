/**
 * The sign-in that survives a reload, where its user has asked for that: in this tab's `sessionStorage`, which ends
 * with the tab and no other page can read.
 */
import type { SignIn } from './client.ts'

const key = 'meridian-chat sign-in'

export function keepSignIn(signIn: SignIn): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(signIn))
  } catch {
    // Storage is forbidden: then it is asked for again.
  }
}

export function keptSignIn(): SignIn | null {
  try {
    const { account, password } = JSON.parse(sessionStorage.getItem(key) ?? '{}') as Partial<SignIn>
    return typeof account === 'string' && typeof password === 'string' ? { account, password } : null
  } catch {
    return null
  }
}

export function forgetSignIn(): void {
  try {
    sessionStorage.removeItem(key)
  } catch {
    // Nothing was kept either.
  }
}
