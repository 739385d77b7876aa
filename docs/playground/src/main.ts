/** Mounts the playground in a page of its own, without the documentation site. */
import { createApp } from 'vue'
import { PlaygroundPage } from './page/playground-page.tsx'

createApp(PlaygroundPage).mount('#playground')
