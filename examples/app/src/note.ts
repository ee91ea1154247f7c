import { api } from './api.js'
import { element } from './element.js'
import { waitForNetwork } from './wait-for-network.js'

const note = element('note', HTMLTextAreaElement)
const state = element('note-state', HTMLOutputElement)

/** Lets the note be changed. */
export function offerNote(): void {
  element('save-note', HTMLButtonElement).addEventListener('click', () => {
    save().catch((error: Error) => {
      state.value = error.message
    })
  })
}

/** Shows the note that the server has. */
export async function openNote(): Promise<void> {
  const { text } = await api.get('note').json<{ text: string }>()
  note.value = text
}

/** Saves the note, now or when the network is back: a PUT may be sent twice. */
async function save(): Promise<void> {
  state.value = 'Saving …'
  const { text } = await api
    .put('note', {
      json: { text: note.value },
      retry: { limit: 10, delay: 60_000, jitter: false },
      hooks: { retry: [sayThatItWaits, waitForNetwork] },
    })
    .json<{ text: string }>()
  state.value = `Saved: ${text.length} characters`
}

function sayThatItWaits(): void {
  state.value = 'No network: it will be saved when you are back online.'
}
