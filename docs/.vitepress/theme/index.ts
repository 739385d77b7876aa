/** How the site looks: the layout of VitePress, with colours and letters of its own. */
import { onContentUpdated, type Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme-without-fonts'
import { defineComponent, h, onMounted } from 'vue'
import { PageAsMarkdown } from './page-as-markdown.ts'
import './style.css'
import { makeNamesReachable, showTypesOfNames } from './type-tip.ts'

const Layout = defineComponent(() => {
  onMounted(showTypesOfNames)
  onContentUpdated(makeNamesReachable)
  return () => h(DefaultTheme.Layout, null, { 'doc-before': () => h(PageAsMarkdown) })
})

export default {
  extends: DefaultTheme,
  Layout,
} satisfies Theme
