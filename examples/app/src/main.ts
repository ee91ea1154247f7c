import { HttpError } from 'session-fetch'
import { offerLogIn, showForm, showInside } from './log-in.js'
import { offerMembers, showMembers } from './members.js'
import { offerNote, openNote } from './note.js'
import { offerUpload } from './upload.js'

offerLogIn(enter)
offerMembers()
offerUpload()
offerNote()
enter().catch((error: Error) => {
  if (error instanceof HttpError && error.status === 403) showForm()
  else throw error
})

/** Shows the members' area to a logged-in user. The two calls have no token yet: it is requested once. */
async function enter(): Promise<void> {
  await Promise.all([showMembers(), openNote()])
  showInside()
}
