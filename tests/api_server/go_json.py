"""Writes go_json.jsonl: mutilated JSON texts, and whether kubectl, which reads JSON as the API server does, takes a manifest with each of them in it."""

import base64
import json
import pathlib
import random
import subprocess
import tempfile

SEEDS = [
    rb'{"a":[1,2,{"b":null}]}',
    rb'[true,false,-0.5e+3,"x\u00e9\ud83d\ude00\n"]',
    rb'"a\\b\"c\/"',
    b'{"":{}, "b" :[ ]\n,\t"c":"\xff\xfe"}',
    rb'"\udc00\ud800"',
    b'"\x7f"',
    b"1e308",
    b"-1.7976931348623158e308",
    b"1.7976931348623159e308",
    b"0.1E-400",
    b"12345678901234567890123",
    b"1" + b"0" * 900 + b"e-700",
    b"9" * 900 + b"e-491",
    b"1e-100000",
    b"1e0000000000309",
]
ALPHABET = b'{}[],:"\\truefalsn0123456789eE+-. \n\t\x0c\x00\x1f\x7f\x80\xffuabdU/'
HEAD, TAIL = b'{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x"},"more":', b"}"


def mutilated(text, rng):
    text = bytearray(text)
    for _ in range(rng.randint(0, 3)):
        at, what = rng.randrange(len(text)), rng.randrange(3)
        text[at : at + (what > 0)] = b"" if what == 1 else bytes([rng.choice(ALPHABET)])
        if not text:
            break
    return bytes(text)


def kubectl_takes(text):
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(HEAD + text + TAIL)
        file.flush()
        command = ["kubectl", "annotate", "--local", "-f", file.name, "a=b", "-o", "name"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


rng = random.Random(1)
texts = dict.fromkeys(SEEDS + [mutilated(rng.choice(SEEDS), rng) for _ in range(500)])
with open(pathlib.Path(__file__).with_name("go_json.jsonl"), "w") as out:
    for text in texts:
        print(json.dumps({"base64": base64.b64encode(text).decode(), "accepted": kubectl_takes(text)}), file=out)
