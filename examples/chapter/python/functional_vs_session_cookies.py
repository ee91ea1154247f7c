"""A session keeps cookies, the functional API forgets them. Usage: <this file> HTTPBIN_URL"""

import sys

import requests

base = sys.argv[1]
shown, setter = f"{base}/cookies", f"{base}/cookies/set/sessioncookie/123456789"
session = requests.Session()

print("Trying to access protected page without login...")
print("Cookies sent (should be none):", session.get(shown).json())

print("\nSimulating login by getting a cookie...")
session.get(setter)
print("Session cookies after setting:", session.cookies.get_dict())

print("\nTrying to access protected page AGAIN with the session...")
print("Cookies sent (should have sessioncookie):", session.get(shown).json())

print("\nTrying the same with functional API (will fail)...")
requests.get(setter)
print("Cookies sent via functional API (should be none):", requests.get(shown).json())
