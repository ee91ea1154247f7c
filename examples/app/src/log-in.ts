import { HttpError } from 'session-fetch'
import { api } from './api.js'
import { element } from './element.js'

const form = element('log-in', HTMLFormElement)
const state = element('log-in-state', HTMLOutputElement)

/** Calls `whenInside` after each log-in, and shows the form again after a log-out. */
export function offerLogIn(whenInside: () => Promise<void>): void {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    logIn().then(whenInside).catch(showError)
  })
  element('log-out', HTMLButtonElement).addEventListener('click', () => {
    api.post('logout', { auth: null }).then(showForm).catch(showError)
  })
}

/** Shows the form instead of what is inside. */
export function showForm(): void {
  show(false)
  state.value = 'The password is “engine”.'
}

/** Shows what is inside instead of the form. */
export function showInside(): void {
  show(true)
}

function show(isInside: boolean): void {
  form.hidden = isInside
  element('inside', HTMLDivElement).hidden = !isInside
}

/** The response sets the cookie of this log-in. */
async function logIn(): Promise<void> {
  const fields = Object.fromEntries(new FormData(form))
  await api.post('login', { json: fields, auth: null }).json()
}

function showError(error: Error): void {
  state.value = error instanceof HttpError && error.status === 403 ? 'Wrong name or password.' : error.message
}
