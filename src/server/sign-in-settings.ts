/**
 * From the configuration to what workers are told of signing in by certificates and bearer tokens; checked once at the
 * start, so that a wrong file is heard of by whoever starts the server and not by users.
 */
import { readLinkTrust } from '../certificates/index.ts'
import type { Config } from '../config/index.ts'
import type { Log } from '../ports/log.ts'
import type { SignInSettings } from '../runtime/index.ts'
import { readKeys } from '../tokens/index.ts'
import { StartFailure } from './start-failure.ts'

export function signInSettings({ auth, domain }: Config): SignInSettings {
  const { authorityFile, revocationFiles, names } = auth.certificates
  const { issuer, audience, claim, skewSeconds, keysUrl: url, keysFile: file } = auth.tokens
  const keys = { url, file, authorityFile: auth.tokens.keysAuthorityFile }
  const rules = { issuer: issuer ?? '', audience: audience ?? '', claim, domain: domain.name, skewSeconds }
  const kinds = names as NonNullable<SignInSettings['certificates']>['names']
  return {
    certificates: authorityFile === null ? null : { authorityFile, revocationFiles, names: kinds },
    tokens: issuer === null ? null : { rules, keys },
  }
}

/** Throws `StartFailure` for files that cannot be used. An issuer that cannot be reached now may be in a minute. */
export async function checkSignInFiles({ certificates, tokens }: SignInSettings, log: Log): Promise<void> {
  const words = (error: unknown) => (error instanceof Error ? error.message : String(error))
  try {
    if (certificates) {
      const { authorityFile: caFile, revocationFiles: crlFiles } = certificates
      await readLinkTrust({ caFile, crlFiles }, Date.now())
    }
    if (tokens?.keys.file) await readKeys(tokens.keys)
  } catch (error) {
    throw new StartFailure(words(error), 'configuration')
  }
  if (!tokens?.keys.url) return
  const fault = await readKeys(tokens.keys).then(() => null, words)
  if (fault !== null) log.write('warn', 'tokens.keys-unreachable', { fault })
}
