"""Merge, prepare, adapter, response: the stages of one call. Usage: <this file> HTTPBIN_URL"""

import io
import sys

import requests
from requests.adapters import BaseAdapter, HTTPAdapter

base = sys.argv[1]


class Tracing(HTTPAdapter):
    """Tells what goes through."""

    def send(self, request, **options):
        cookie = request.headers.get("Cookie")
        print("adapter sends:", {"method": request.method, "target": request.path_url, "cookie": cookie})
        response = super().send(request, **options)
        print("adapter got:", {"status": response.status_code, "setCookie": response.headers.get("Set-Cookie")})
        return response


class Canned(BaseAdapter):
    """Answers by itself: nothing reaches the network."""

    def send(self, request, **options):
        response = requests.Response()
        response.status_code, response.url, response.request = 200, request.url, request
        response.raw = io.BytesIO(b"short and stout")
        return response

    def close(self):
        pass


session = requests.Session()
session.headers.update({"X-Session": "yes", "X-Both": "session"})
session.params["lang"] = "en"
tracing, canned = Tracing(), Canned()
session.mount(f"{base}/", tracing)
session.mount(f"{base}/status/", canned)

url = f"{base}/cookies/set/stage/done"
request = requests.Request("GET", url, headers={"X-Both": "call"}, params={"page": "2"})
prepared = session.prepare_request(request)
print("1. Merged headers:", {name: prepared.headers[name] for name in ("X-Session", "X-Both")})
print("2. Prepared request:", {"method": prepared.method, "target": prepared.path_url})

print("3. The adapter of the longest matching prefix:")
print("/cookies goes to the tracing adapter:", session.get_adapter(f"{base}/cookies") is tracing)
print("/status/418 goes to the canned adapter:", session.get_adapter(f"{base}/status/418") is canned)

print("4. Sending, hop by hop:")
response = session.send(prepared)

print("5. What the session made of it:")
print("cookies:", session.cookies.get_dict())
print("history:", [hop.status_code for hop in response.history])
print("answer:", response.json())
print("canned answer:", session.get(f"{base}/status/418").text)
