/** Text from elsewhere, such as an answer of a server, made harmless for a terminal. */

/** Control characters, and characters that change the direction of text or cannot be seen. */
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/** Shows control characters as escapes such as `\u001b`, so that no text moves the cursor or hides a part of itself. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
