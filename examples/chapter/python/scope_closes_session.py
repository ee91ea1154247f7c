"""A session is closed at the end of its block, also when the block raises. Usage: <this file> HTTPBIN_URL"""

import sys

import requests
from requests.adapters import HTTPAdapter

base = sys.argv[1]
closings = []


class Watched(HTTPAdapter):
    def close(self):
        closings.append(self)
        super().close()


with requests.Session() as session:
    session.get(f"{base}/cookies/set/contextcookie/abc")
    print("Cookies sent within 'with' block:", session.get(f"{base}/cookies").json())
print("\nSession automatically closed after 'with' block.")

unlucky = requests.Session()
unlucky.mount(f"{base}/", Watched())
try:
    with unlucky:
        raise TypeError(f"no use for a {unlucky.get(f'{base}/cookies').status_code}")
except TypeError as error:
    print("\nThe block threw:", type(error).__name__)
print("Times its adapter was closed:", len(closings))
print("A request after that:", "answered" if unlucky.get(f"{base}/cookies").ok else "refused")
