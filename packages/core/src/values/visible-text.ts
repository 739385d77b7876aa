/** Text from elsewhere, such as an answer of a server, made harmless for a terminal or a log. */

/** Control characters, line separators, and every character that changes the direction of text or cannot be seen. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u202f]/gu

/** Shows control characters as escapes such as `\u001b`, so that no text moves the cursor or hides a part of itself. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (character) =>
    Array.from({ length: character.length }, (_, at) => escapeUnit(character, at)).join(''),
  )
}

/** The same for a JSON document: only its line ends stay. It still holds the same value, because JSON has these escapes, too. */
export function visibleJson(document: string): string {
  return document.split('\n').map(visibleText).join('\n')
}

function escapeUnit(character: string, at: number): string {
  return `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`
}
