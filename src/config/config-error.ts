/**
 * One thing that is wrong in the configuration, with the place where it stands, as a value and as the line people read.
 */

export interface ConfigError {
  /** The file, or null where the value came from the environment or a default. */
  readonly file: string | null
  /** From 1. */
  readonly line: number | null
  /** From 1. */
  readonly column: number | null
  /** `registrar.devicesMax`; empty where the whole file is meant. */
  readonly key: string
  readonly message: string
  /** The known key that was probably meant. */
  readonly nearestKey: string | null
  /** The environment variable that the value came from. */
  readonly variable: string | null
}

/** Where a value was written. */
export type Origin =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'environment'; readonly variable: string }

export function configError(
  origin: Origin,
  key: string,
  message: string,
  nearestKey: string | null = null,
): ConfigError {
  const isFile = origin.kind === 'file'
  return {
    file: isFile ? origin.file : null,
    line: isFile ? origin.line : null,
    column: isFile ? origin.column : null,
    key,
    message,
    nearestKey,
    variable: origin.kind === 'environment' ? origin.variable : null,
  }
}

/** `meridian.yaml:3:5: listen.prot: unknown key; did you mean port?` */
export function formatConfigError(error: ConfigError): string {
  const place = error.variable ?? (error.file && placeInFile(error.file, error.line, error.column))
  const hint = error.nearestKey === null ? '' : `; did you mean ${error.nearestKey}?`
  return [place, error.key, `${error.message}${hint}`].filter(Boolean).join(': ')
}

export function formatOrigin(origin: Origin): string {
  if (origin.kind === 'file') return placeInFile(origin.file, origin.line, origin.column)
  return origin.kind === 'default' ? 'default' : origin.variable
}

function placeInFile(file: string, line: number | null, column: number | null): string {
  return line === null ? file : `${file}:${line}:${column}`
}
