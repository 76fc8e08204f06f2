"""Writes shapes.jsonl: of all short texts over a small alphabet, those that the regular expressions in the API server's messages match."""

import itertools
import json
import pathlib
import re

LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
SUBDOMAIN = rf"{LABEL}(\.{LABEL})*"
NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
SHAPES = [
    ("subdomain", SUBDOMAIN, "aA0-.\n", 4),
    ("dns-label", LABEL, "aA0-.\n", 4),
    ("label-key", rf"({SUBDOMAIN}/)?{NAME}", "aA-./", 5),
    ("label-value", f"({NAME})?", "aA-._\n", 4),
    # The rest of the rule for data keys is in words: not `.`, and not starting with `..`.
    ("data-key", r"(?!\.$)(?!\.\.)[-._a-zA-Z0-9]+", "aA-._ ", 4),
]

with open(pathlib.Path(__file__).with_name("shapes.jsonl"), "w") as out:
    for shape, regex, alphabet, longest in SHAPES:
        texts = ("".join(t) for n in range(longest + 1) for t in itertools.product(alphabet, repeat=n))
        accepted = [text for text in texts if re.fullmatch(regex, text)]
        row = {"shape": shape, "regex": regex, "alphabet": alphabet, "longest": longest, "accepted": accepted}
        print(json.dumps(row), file=out)
