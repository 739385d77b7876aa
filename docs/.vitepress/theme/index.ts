/** How the site looks: the layout of VitePress, with colours and letters of its own. */
import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme-without-fonts'
import { h } from 'vue'
import { PageAsMarkdown } from './page-as-markdown.ts'
import './style.css'

export default {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { 'doc-before': () => h(PageAsMarkdown) }),
} satisfies Theme
