/**
 * Shows the type of a name in an example: at the pointer, where a finger taps, and by keyboard. The first name of an example is reached
 * by Tab, and the others by the arrow keys. Escape hides the type.
 */

const NAME = '.typed-name'
const TIP_ID = 'type-of-name'
const MARGIN_PX = 8
/** So long a pointer may be on its way from the name to its type. */
const LEAVE_MS = 200

/** Makes the first name of each example reachable by Tab. Called for each page. */
export function makeNamesReachable(): void {
  for (const pre of document.querySelectorAll('.vp-doc pre'))
    pre.querySelector<HTMLElement>(NAME)?.setAttribute('tabindex', '0')
}

/** Listens for the whole site. Called once. */
export function showTypesOfNames(): void {
  const tip = createTip()
  let shown: HTMLElement | undefined
  let leaving: ReturnType<typeof setTimeout> | undefined

  const show = (name: HTMLElement): void => {
    clearTimeout(leaving)
    if (name === shown) return
    hide()
    const content = typeOf(name)
    if (content === undefined) return
    shown = name
    tip.replaceChildren(...content)
    name.setAttribute('aria-describedby', TIP_ID)
    // In the landmark of the example, for screen readers.
    ;(name.closest('main') ?? document.body).append(tip)
    tip.showPopover()
    place(tip, name)
  }
  const hide = (): void => {
    clearTimeout(leaving)
    shown?.removeAttribute('aria-describedby')
    shown = undefined
    if (tip.matches(':popover-open')) tip.hidePopover()
  }

  document.addEventListener('focusin', ({ target }) => {
    const name = nameAt(target)
    if (name !== undefined) show(name)
    else if (!tip.contains(target as Node)) hide()
  })
  document.addEventListener('focusout', ({ target }) => nameAt(target) === shown && hide())
  document.addEventListener('pointerover', ({ target, pointerType }) => {
    if (pointerType !== 'mouse') return
    const name = nameAt(target)
    if (name !== undefined) show(name)
    else if (tip.contains(target as Node)) clearTimeout(leaving)
  })
  document.addEventListener('pointerout', ({ target, pointerType }) => {
    if (pointerType !== 'mouse' || (nameAt(target) === undefined && !tip.contains(target as Node))) return
    clearTimeout(leaving)
    leaving = setTimeout(hide, LEAVE_MS)
  })
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') hide()
    const name = nameAt(event.target)
    const next = name === undefined ? undefined : nextName(name, event.key)
    if (name === undefined || next === undefined) return
    event.preventDefault()
    name.setAttribute('tabindex', '-1')
    next.setAttribute('tabindex', '0')
    next.focus()
  })
  const follow = (): void => {
    if (shown !== undefined) place(tip, shown)
  }
  document.addEventListener('scroll', follow, { capture: true, passive: true })
  window.addEventListener('resize', follow)
}

function createTip(): HTMLElement {
  const tip = document.createElement('div')
  tip.id = TIP_ID
  tip.role = 'tooltip'
  tip.popover = 'manual'
  return tip
}

function nameAt(target: EventTarget | null): HTMLElement | undefined {
  return target instanceof Element ? (target.closest<HTMLElement>(NAME) ?? undefined) : undefined
}

/** Copies of what the list behind the example says about a name. */
function typeOf(name: HTMLElement): Node[] | undefined {
  const list = name.closest('pre')?.parentElement?.querySelector('.types-of-names')
  const found = list?.children[Number(name.dataset['type'])]
  return found === undefined ? undefined : [...found.cloneNode(true).childNodes]
}

function nextName(name: HTMLElement, key: string): HTMLElement | undefined {
  const names = [...(name.closest('pre')?.querySelectorAll<HTMLElement>(NAME) ?? [])]
  const index = names.indexOf(name)
  const places: Readonly<Record<string, number>> = {
    ArrowRight: index + 1,
    ArrowLeft: index - 1,
    Home: 0,
    End: names.length - 1,
  }
  return names[places[key] ?? -1]
}

/** Below the name, or above it where there is no room, and never beyond the sides of the window. */
function place(tip: HTMLElement, name: HTMLElement): void {
  const at = name.getBoundingClientRect()
  const { width, height } = tip.getBoundingClientRect()
  const isRoomBelow = at.bottom + height + MARGIN_PX <= window.innerHeight
  const left = Math.max(MARGIN_PX, Math.min(at.left, document.documentElement.clientWidth - width - MARGIN_PX))
  tip.style.left = `${left}px`
  tip.style.top = `${isRoomBelow || at.top < height ? at.bottom + 4 : at.top - height - 4}px`
}
