"""Owns a stand-in for curl, for machines that have none: the few options that the README's tour uses.

Never used where there is a real curl.
Called by the test of the README, as a program of that name.
"""

import argparse
import sys
import urllib.error
import urllib.request


def main(arguments: list[str]) -> int:
    """Sends one request and writes the body of the answer, like ``curl -s``."""
    parser = argparse.ArgumentParser(prog="curl")
    parser.add_argument("url")
    parser.add_argument("-s", action="store_true")
    parser.add_argument("-X", dest="method")
    parser.add_argument("-H", dest="headers", action="append", default=[])
    parser.add_argument("--json")
    asked = parser.parse_args(arguments)
    body = None if asked.json is None else asked.json.encode()
    request = urllib.request.Request(asked.url, data=body, method=asked.method)  # noqa: S310 (loopback)
    if body is not None:
        request.add_header("Content-Type", "application/json")
    for header in asked.headers:
        name, _, value = header.partition(": ")
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request) as answer:  # noqa: S310 (loopback)
            sys.stdout.buffer.write(answer.read())
    except urllib.error.HTTPError as error:
        sys.stdout.buffer.write(error.read())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
