"""Makes calls with requests: one call in JSON per line of input, its outcome in JSON per line of output."""

import base64
import json
import sys

import requests
import urllib3
from requests.auth import HTTPDigestAuth


def main():
    print(json.dumps({"requests": requests.__version__, "urllib3": urllib3.__version__}), flush=True)
    for line in sys.stdin:
        print(json.dumps(outcome(json.loads(line))), flush=True)


def outcome(call):
    with requests.Session() as session:
        session.trust_env = False  # neither proxies nor netrc of this machine
        settle(session, call.get("session", {}))
        steps = [result(session, step) for step in call["steps"]]
        cookies = [[c.name, c.value, c.domain, c.path] for c in session.cookies]
        return {"steps": steps, "cookies": cookies}


def settle(session, said):
    session.headers.update(said.get("headers", {}))
    session.params.update(said.get("params", {}))
    if "auth" in said:
        session.auth = tuple(said["auth"])
    if "digest" in said:
        session.auth = HTTPDigestAuth(*said["digest"])
    if "maxRedirects" in said:
        session.max_redirects = said["maxRedirects"]
    for name, value in said.get("cookies", {}).items():
        session.cookies.set(name, value)


def result(session, step):
    try:
        return seen(send(session, step), step.get("use"))
    except requests.TooManyRedirects as error:
        return {"error": "TooManyRedirects", "history": len(error.response.history)}
    except Exception as error:
        return {"error": type(error).__name__}


def send(session, step):
    method = step.get("method", "GET")
    options = arguments(step)
    if "verb" in step:
        return getattr(session, method.lower())(step["url"], **options)
    return session.request(method, step["url"], **options)


def arguments(step):
    options = {name: step[name] for name in ("headers", "cookies") if name in step}
    if "params" in step:
        options["params"] = pairs(step["params"])
    if "auth" in step:
        options["auth"] = step["auth"] and tuple(step["auth"])
    if "timeout" in step:
        options["timeout"] = step["timeout"] / 1000
    if step.get("redirect") == "manual":
        options["allow_redirects"] = False
    return {**options, **body(step)}


def body(step):
    options = {}
    if "json" in step:
        options["json"] = numbers(step["json"])
    if "form" in step:
        options["data"] = pairs(step["form"])
    if "text" in step:
        options["data"] = step["text"]
    if "bytes" in step:
        options["data"] = base64.b64decode(step["bytes"])
    if "stream" in step:
        options["data"] = (chunk.encode() for chunk in step["stream"])
    if "multipart" in step:
        options["files"] = [(part["name"], described(part)) for part in step["multipart"]]
    return options


def described(part):
    return part.get("filename"), part["content"], part.get("type"), part.get("headers")


def pairs(source):
    return [tuple(pair) for pair in source] if isinstance(source, list) else source


def numbers(value):
    return float("nan") if value == "{NaN}" else value


def seen(response, use):
    if use == "raiseForStatus":
        response.raise_for_status()
    text = response.json() if use == "json" else response.text
    history = [[hop.status_code, hop.url] for hop in response.history]
    return {"status": response.status_code, "url": response.url, "history": history, "text": text}


if __name__ == "__main__":
    main()
