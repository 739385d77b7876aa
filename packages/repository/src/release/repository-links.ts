/** The links to the repository that a published package needs. They come from one place: the `package.json` at the top. */

/** The parts of the `package.json` at the top that say where the repository is. */
export interface RepositoryPlace {
  readonly repository?: { readonly type?: string; readonly url?: string }
  /** The site of the documentation, if there is one. */
  readonly homepage?: string
}

/** Members of the `package.json` of a package. */
export interface RepositoryLinks {
  readonly homepage: string
  readonly bugs: { readonly url: string }
  readonly repository: { readonly type: 'git'; readonly url: string; readonly directory: string }
}

const GIT_URL = /^git\+(https:\/\/[^/\s]+\/[^\s]+)\.git$/

/**
 * The page of the repository, without a slash at its end.
 *
 * @throws Error that says what to set.
 */
export function repositoryPage({ repository }: RepositoryPlace): string {
  const url = repository?.url
  if (url === undefined) {
    throw new Error(
      'package.json at the top has no repository.url. Set "repository": { "type": "git", "url": "git+https://<host>/<owner>/<name>.git" }: ' +
        'a release writes it into every package, and npm needs it for the provenance',
    )
  }
  const page = GIT_URL.exec(url)?.[1]
  if (page === undefined) {
    throw new Error(`repository.url of package.json is "${url}", expected "git+https://<host>/<owner>/<name>.git"`)
  }
  return page
}

/**
 * The links of the package in `packages/<folder>`.
 *
 * @param workflowRepository - the URL of the repository whose workflow publishes, if one does. npm signs where a package comes
 * from, and refuses another repository.
 * @throws Error that says what to set or to correct.
 */
export function repositoryLinks(place: RepositoryPlace, folder: string, workflowRepository?: string): RepositoryLinks {
  const page = repositoryPage(place)
  if (workflowRepository !== undefined && workflowRepository.toLowerCase() !== page.toLowerCase()) {
    throw new Error(
      `repository.url of package.json is for ${page}, and this workflow runs in ${workflowRepository}: correct the one that is wrong`,
    )
  }
  const directory = `packages/${folder}`
  return {
    homepage: place.homepage ?? `${page}/tree/HEAD/${directory}#readme`,
    bugs: { url: `${page}/issues` },
    repository: { type: 'git', url: `git+${page}.git`, directory },
  }
}
