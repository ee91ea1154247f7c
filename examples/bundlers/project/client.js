// The browser's entry: renders the page into the document.
import { loadPage } from './page.js'

document.body.textContent = JSON.stringify(await loadPage(location.origin))
