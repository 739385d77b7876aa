/** The site, built from `docs`. `DOCS_BASE` is the path it is served under, `DOCS_ORIGIN` the origin, for the sitemap. */
import { slug } from 'github-slugger'
import { defineConfig } from 'vitepress'
import { siteLink, toSitePage, toSitePath } from '../../packages/repository/src/site/site-link.ts'
import { createTypeReader } from '../../packages/repository/src/hover-types/type-reader.ts'
import { readExamples } from '../../packages/repository/src/docs-check/examples.ts'
import { isApiPage, isGenerated } from '../../packages/repository/src/reference/generated.ts'
import { REPOSITORY_URL } from '../../packages/repository/src/site/repository-url.ts'
import { readFiles } from '../../packages/repository/src/workspace/workspace.ts'
import { SECTIONS } from './sidebar.ts'
import { typesOnHover, withoutTypes } from './types-on-hover.ts'

const base = process.env['DOCS_BASE'] ?? '/'
const origin = process.env['DOCS_ORIGIN']

// A build knows the types in the examples of all pages that people write. They take the compiler too long to wait for while one writes.
const pages = readFiles(['README.md', 'docs/**/*.md']).filter(({ path }) => !isGenerated(path))
const typed = process.env['NODE_ENV'] === 'production' ? readExamples(pages) : []

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
  // The table of requirements needs the whole width.
  transformPageData: ({ relativePath, frontmatter }) =>
    relativePath === 'standards.md' ? { frontmatter: { ...frontmatter, aside: false } } : {},
  ...(origin === undefined ? {} : { sitemap: { hostname: new URL(base, origin).href } }),
  markdown: {
    // Themes with enough contrast on the background of our code.
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-default' },
    languageAlias: { caddyfile: 'nginx' },
    // A busy machine needs longer for a line than the 500 ms after which its colours would be wrong.
    codeTransformers: [
      { preprocess: (_, options) => void Object.assign(options, { tokenizeTimeLimit: 0 }) },
      typesOnHover(createTypeReader(typed)),
    ],
    // The anchors of a repository browser, so that a link to a heading works in both.
    anchor: { slugify: (heading) => slug(heading) },
    config: (markdown) => {
      markdown.core.ruler.push('site', ({ tokens, env }) => {
        const { relativePath } = env as { readonly relativePath: string }
        for (const token of tokens.flatMap(({ children }) => children ?? [])) {
          const link = token.attrGet('href')
          if (token.type !== 'link_open' || link === null) continue
          token.attrSet('href', siteLink(link, `docs/${relativePath}`))
          if (link.endsWith('.json') && link.includes('public/')) token.attrSet('download', '')
        }
        // A screen reader announces a header cell. An empty one is no header.
        for (const [index, token] of tokens.entries()) {
          const [text, end] = [tokens[index + 1], tokens[index + 2]]
          if (token.type !== 'th_open' || text?.content !== '' || end?.type !== 'th_close') continue
          token.tag = 'td'
          end.tag = 'td'
        }
      })
    },
  },
  // The esbuild of VitePress knows no newer one. Otherwise it warns of each source file of the playground.
  vite: { esbuild: { tsconfigRaw: { compilerOptions: { target: 'ES2022' } } } },
  themeConfig: {
    logo: { src: '/logo.svg', alt: '' },
    nav: [
      { text: 'Guides', link: '/start/', activeMatch: '^/(start|protect|run|operate)/' },
      { text: 'Reference', link: '/reference/client-options', activeMatch: '^/reference/' },
      { text: 'Why', link: '/why/', activeMatch: '^/why/' },
    ],
    sidebar: SECTIONS.map(({ title, entries }) => ({
      text: title,
      items: entries.map((entry) => ({
        text: entry.title,
        link: toSitePath(`${entry.page}.md`),
      })),
    })),
    outline: { level: [2, 3] },
    search: {
      provider: 'local',
      // The list of all names has its own place. In the search it would hide the guides.
      options: {
        _render: (text, env, markdown) => (isApiPage(env.relativePath) ? '' : withoutTypes(markdown.render(text, env))),
      },
    },
    socialLinks: [{ icon: 'github', link: REPOSITORY_URL }],
    externalLinkIcon: false,
  },
})
