// The server's entry: renders the page for the site in its first argument.
import { loadPage } from './page.js'

void loadPage(process.argv[2]).then((page) => console.log(JSON.stringify(page)))
