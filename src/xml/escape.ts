/**
 * Text as the content of an element or as the value of an attribute, so that it is read again as it was. What no
 * document may hold (XML 1.0 §2.2) becomes the replacement character.
 */

/** The usual text needs nothing of this, and is found out in one pass. */
const contentWorthALook = /[&<>\r\ud800-\udfff\ufffe\uffff]|[^\t\n\x20-\uffff]/
const valueWorthALook = /[&<"\t\r\n\ud800-\udfff\ufffe\uffff]|[^\x20-\uffff]/
const notAllowed = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/** A carriage return is written as reference: as it stands it would be read as a line feed (§2.11). */
export function escapeText(text: string): string {
  if (!contentWorthALook.test(text)) return text
  return text
    .toWellFormed()
    .replace(notAllowed, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;')
}

/** For double quotes. Blanks other than spaces are references: as they stand they would be read as spaces (§3.3.3). */
export function escapeAttribute(value: string): string {
  if (!valueWorthALook.test(value)) return value
  return value
    .toWellFormed()
    .replace(notAllowed, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;')
}
