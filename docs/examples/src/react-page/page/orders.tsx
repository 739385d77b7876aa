/** The orders, with a stream that says when the session ends. */
import { useEffect, useState } from 'react'
import { followSession } from './follow-session.ts'
import { signIn } from './sign-in.ts'

interface Answer {
  readonly orders: readonly string[]
  readonly for: string
}

/** Shows the orders, or a button to sign in. @param token - the access token, if somebody has signed in. */
export function Orders({ token }: { readonly token: string | undefined }) {
  const [answer, setAnswer] = useState<Answer>()
  const [ended, setEnded] = useState(false)

  useEffect(() => {
    if (token === undefined) return undefined
    const leaving = new AbortController()
    async function show(accessToken: string): Promise<void> {
      const headers = { authorization: `Bearer ${accessToken}` }
      const response = await fetch('/orders', { headers, signal: leaving.signal })
      if (response.ok) setAnswer((await response.json()) as Answer)
      await followSession(headers, leaving.signal)
      // What was shown is for nobody any more.
      setAnswer(undefined)
      setEnded(true)
    }
    show(token).catch((error: unknown) => {
      if (!leaving.signal.aborted) console.error(error)
    })
    return () => leaving.abort()
  }, [token])

  if (token === undefined || ended) {
    return (
      <>
        {ended && <p role="alert">Your session has ended.</p>}
        <button type="button" onClick={() => void signIn()}>
          Sign in
        </button>
      </>
    )
  }
  if (answer === undefined) return <p>Loading …</p>
  return (
    <>
      <h1>Orders of {answer.for}</h1>
      <ul>
        {answer.orders.map((order) => (
          <li key={order}>{order}</li>
        ))}
      </ul>
    </>
  )
}
