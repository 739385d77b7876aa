/** The site, built from `docs`. `DOCS_BASE` is the path it is served under, `DOCS_ORIGIN` the origin, for the sitemap. */
import { slug } from 'github-slugger'
import { defineConfig } from 'vitepress'
import { siteLink, toSitePage, toSitePath } from '../../packages/repository/src/site/site-link.ts'
import { REPOSITORY_URL } from '../../packages/repository/src/site/repository-url.ts'
import { SECTIONS } from './sidebar.ts'

const base = process.env['DOCS_BASE'] ?? '/'
const origin = process.env['DOCS_ORIGIN']

export default defineConfig({
  title: 'Token introspection',
  description: 'Token introspection for TypeScript, both sides of RFC 7662.',
  base,
  cleanUrls: true,
  lastUpdated: false,
  srcExclude: ['**/node_modules/**'],
  rewrites: toSitePage,
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: `${base}logo.svg` }],
    ['meta', { name: 'theme-color', content: '#0d6b62' }],
  ],
  ...(origin === undefined ? {} : { sitemap: { hostname: new URL(base, origin).href } }),
  markdown: {
    // The anchors of a repository browser, so that a link to a heading works in both.
    languageAlias: { caddyfile: 'nginx' },
    anchor: { slugify: (heading) => slug(heading) },
    config: (markdown) => {
      markdown.core.ruler.push('site-links', ({ tokens, env }) => {
        const { relativePath } = env as { readonly relativePath: string }
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const link = token.attrGet('href')
          if (token.type === 'link_open' && link !== null) token.attrSet('href', siteLink(link, `docs/${relativePath}`))
        }
      })
    },
  },
  themeConfig: {
    logo: { src: '/logo.svg', alt: '' },
    nav: [
      { text: 'Guides', link: '/protect/guards', activeMatch: '^/(start|protect|run|operate)/' },
      { text: 'Reference', link: '/standards', activeMatch: '^/reference/' },
      { text: 'Why', link: '/why/migrating', activeMatch: '^/why/' },
    ],
    sidebar: SECTIONS.map(({ title, entries }) => ({
      text: title,
      items: entries.map((entry) => ({
        text: entry.title,
        link: toSitePath(`${entry.page}.md`),
      })),
    })),
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: REPOSITORY_URL }],
    externalLinkIcon: false,
  },
})
