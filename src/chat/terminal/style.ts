/**
 * Colours of a terminal, or none (https://no-color.org).
 */
export interface Style {
  dim(text: string): string
  bold(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
  /** Always the same colour for the same name. */
  name(text: string): string
}

const coloured = (code: number, text: string) => `\u001b[${code}m${text}\u001b[0m`

/** Readable on dark and light backgrounds alike. */
const nameColours = [36, 35, 34, 32, 33]

export const colours: Style = {
  dim: (text) => coloured(2, text),
  bold: (text) => coloured(1, text),
  red: (text) => coloured(31, text),
  green: (text) => coloured(32, text),
  yellow: (text) => coloured(33, text),
  name(text) {
    let sum = 0
    for (const sign of text) sum += sign.codePointAt(0)!
    return coloured(nameColours[sum % nameColours.length]!, text)
  },
}

const same = (text: string) => text

export const noColours: Style = { dim: same, bold: same, red: same, green: same, yellow: same, name: same }
