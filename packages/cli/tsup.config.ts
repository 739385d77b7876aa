import { packageBuild } from '../repository/src/build/package-build.ts'

export default packageBuild(import.meta.dirname)
