"""Rounds of calls by requests.Session: a line `path seconds concurrency` comes in, a line of JSON goes out."""

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from requests.adapters import HTTPAdapter

base, certificate = sys.argv[1:]
session = requests.Session()
session.trust_env = False
session.verify = certificate
session.headers.update({'x-app': 'bench', 'x-tenant': '7'})
session.params = {'lang': 'en'}
session.cookies.set('theme', 'dark')
session.mount(base, HTTPAdapter(pool_connections=1, pool_maxsize=256))


def call(path):
    return session.get(base + path).text


def run(path, end):
    count = 0
    while time.perf_counter() < end:
        call(path)
        count += 1
    return count


for line in sys.stdin:
    path, seconds, concurrency = line.split()
    concurrency = int(concurrency)
    cpu, start = os.times(), time.perf_counter()
    with ThreadPoolExecutor(concurrency) as pool:
        ends = [start + float(seconds)] * concurrency
        count = sum(pool.map(run, [path] * concurrency, ends))
    spent, wall = os.times(), time.perf_counter() - start
    used = spent.user + spent.system - cpu.user - cpu.system
    print(json.dumps({'cpu': used * 1e6 / count, 'wall': wall * 1e6 / count}), flush=True)
