import { api } from './api.js'
import { element } from './element.js'

interface Member {
  name: string
  known: string
}

const state = element('members-state', HTMLOutputElement)

/** Lets the members be loaded again, with the token that there is or without it. */
export function offerMembers(): void {
  element('reload', HTMLButtonElement).addEventListener('click', () => {
    showMembers().catch(showError)
  })
  element('expire', HTMLButtonElement).addEventListener('click', () => {
    expireToken().catch(showError)
  })
}

/** Loads and shows the members. Rejects if no user is logged in. */
export async function showMembers(): Promise<void> {
  const members = await api.get('members').json<Member[]>()
  element('members', HTMLUListElement).replaceChildren(...members.map(toItem))
  state.value = `${members.length} members, loaded at ${new Date().toLocaleTimeString()}`
}

/** The server forgets the token; the next call notices, and the session asks for another. */
async function expireToken(): Promise<void> {
  await api.delete('tokens', { auth: null }).json()
  state.value = 'The token has expired.'
}

function toItem({ name, known }: Member): HTMLLIElement {
  const item = document.createElement('li')
  const small = document.createElement('small')
  small.textContent = ` ${known}`
  item.append(name, small)
  return item
}

function showError(error: Error): void {
  state.value = error.message
}
