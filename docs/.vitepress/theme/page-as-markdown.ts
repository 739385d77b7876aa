/** Above each page: the page as Markdown, to read or to copy. */
import { useData, withBase } from 'vitepress'
import { computed, defineComponent, h, ref } from 'vue'

/** How long the button says that the page was copied. */
const SHOWN_MS = 2_000

export const PageAsMarkdown = defineComponent(() => {
  const { page } = useData()
  const url = computed(() => withBase(`/${page.value.relativePath}`))
  const label = ref('Copy page')

  const copy = async (): Promise<void> => {
    try {
      const response = await fetch(url.value)
      if (!response.ok) throw new Error(`${url.value} answered ${String(response.status)}`)
      await navigator.clipboard.writeText(await response.text())
      label.value = 'Copied'
    } catch {
      label.value = 'Not copied'
    }
    setTimeout(() => (label.value = 'Copy page'), SHOWN_MS)
  }

  return () =>
    h('nav', { class: 'page-as-markdown', 'aria-label': 'This page as Markdown' }, [
      h('button', { type: 'button', onClick: copy, 'aria-live': 'polite' }, label.value),
      h('a', { href: url.value, target: '_self' }, 'View as Markdown'),
    ])
})
