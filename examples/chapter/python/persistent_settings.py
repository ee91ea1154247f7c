"""Headers, auth and params of a session go with every request. Usage: <this file> HTTPBIN_URL"""

import os
import sys

import requests

base = sys.argv[1]
session = requests.Session()
session.headers["X-My-Custom-Header"] = "HelloSession"
session.auth = (os.environ.get("HTTPBIN_USER", "testuser"), os.environ.get("HTTPBIN_PASS", "testpass"))
session.params["session_param"] = "persistent"

print(f"Making request with persistent session settings to: {base}/get")
answer = session.get(f"{base}/get")
print(f"\nStatus Code: {answer.status_code}")
echo = answer.json()
print("\nHeaders sent (look for X-My-Custom-Header):")
print(echo["headers"])
print("\nQuery parameters sent (look for session_param):")
print(echo["args"])

print(f"\nMaking request to {base}/headers...")
again = session.get(f"{base}/headers").json()
print("Headers received by second request (still has custom header):")
print(again["headers"])
