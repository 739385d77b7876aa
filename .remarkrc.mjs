/** Dead links and dead headings of the documentation, for `pnpm docs:check`. */
import remarkGfm from 'remark-gfm'
import remarkValidateLinks from 'remark-validate-links'

export default { plugins: [remarkGfm, [remarkValidateLinks, { repository: false }]] }
