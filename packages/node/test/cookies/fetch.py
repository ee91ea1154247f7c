"""fetch.py <jar> <url>: gets a page with the cookies of a cookies.txt, shows it, and saves what the site sets."""

import http.cookiejar
import os
import sys
import urllib.request

path, url = sys.argv[1:]
jar = http.cookiejar.MozillaCookieJar(path)
if os.path.exists(path):
    jar.load(ignore_discard=True)
opener = urllib.request.build_opener(
    urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
)
sys.stdout.buffer.write(opener.open(url).read())
jar.save(ignore_discard=True)
