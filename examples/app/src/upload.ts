import { api } from './api.js'
import { element } from './element.js'

const SAMPLE_SIZE = 16_000_000

const state = element('upload-state', HTMLOutputElement)
const progress = element('upload-progress', HTMLProgressElement)

/** Lets a file be sent, or a sample of one. */
export function offerUpload(): void {
  element('send-sample', HTMLButtonElement).addEventListener('click', () => {
    send(new Blob([new Uint8Array(SAMPLE_SIZE)])).catch(showError)
  })
  element('send-file', HTMLButtonElement).addEventListener('click', () => {
    const [file] = element('file', HTMLInputElement).files ?? []
    if (file === undefined) state.value = 'Choose a file first.'
    else send(file).catch(showError)
  })
}

async function send(file: Blob): Promise<void> {
  state.value = 'Sending …'
  const { bytes } = await api
    .post('files', { body: file, onUploadProgress: showProgress })
    .json<{ bytes: number }>()
  state.value = `The server has all ${bytes} bytes.`
}

function showProgress({ bytes, total }: { bytes: number; total: number | null }): void {
  progress.value = bytes / (total ?? bytes)
}

function showError(error: Error): void {
  state.value = error.message
}
