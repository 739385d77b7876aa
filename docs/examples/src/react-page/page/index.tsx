/** The page: it shows the orders of who has signed in, until the session ends. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Orders } from './orders.tsx'
import { finishSignIn } from './sign-in.ts'

const token = await finishSignIn()
const root = document.getElementById('page')
if (root === null) throw new Error('the document has no place for the page')
createRoot(root).render(
  <StrictMode>
    <Orders token={token} />
  </StrictMode>,
)
