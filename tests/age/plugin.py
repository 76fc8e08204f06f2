"""An age plugin for tests: https://c2sp.org/age-plugin. Its keys are the characters of their texts, so anybody can open what it wraps.

TEST_PLUGIN says what it does besides: `label` (it wants post-quantum company), `ask` (it wants the answer of a person), `refuse`, `die`."""

import base64
import hashlib
import os
import sys

MODE = os.environ.get("TEST_PLUGIN", "")


def receive():
    words = sys.stdin.readline().split()
    assert words[0] == "->", words
    body = ""
    while True:
        line = sys.stdin.readline().rstrip("\n")
        body += line
        if len(line) < 64:
            break
    return words[1:], base64.b64decode(body + "=" * (-len(body) % 4))


def send(words, body=b""):
    text = base64.b64encode(body).decode().rstrip("=")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    if not lines or len(lines[-1]) == 64:
        lines.append("")
    sys.stdout.write("-> " + " ".join(words) + "\n" + "".join(line + "\n" for line in lines))
    sys.stdout.flush()


def ask(words, body=b""):
    send(words, body)
    return receive()


def key(text):
    data = text.lower().rsplit("1", 1)[1][:-6]
    return hashlib.sha256(data.encode()).digest()


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other))


keys, file_keys, stanzas = [], [], []
while True:
    words, body = receive()
    if words[0] == "done":
        break
    if words[0] in ("add-recipient", "add-identity"):
        keys.append(key(words[1]))
    elif words[0] == "wrap-file-key":
        file_keys.append(body)
    elif words[0] == "recipient-stanza":
        stanzas.append((words[1], words[2:], body))

if MODE == "die":
    sys.exit(3)
if MODE == "refuse":
    ask(["error", "internal"], b"the token is\x1b[31m not plugged in")
    send(["done"])
    sys.exit(0)
if MODE == "ask":
    answer, _ = ask(["msg"], b"please touch the token")
    assert answer == ["ok"], answer
    answer, _ = ask(["request-secret"], b"PIN")
    if answer != ["ok"]:
        ask(["error", "internal"], b"no PIN was entered")
        send(["done"])
        sys.exit(0)

if sys.argv[1] == "--age-plugin=recipient-v1":
    if MODE == "label":
        ask(["labels", "postquantum"])
    for at, file_key in enumerate(file_keys):
        for one in keys:
            tag = hashlib.sha256(one).hexdigest()[:8]
            ask(["recipient-stanza", str(at), "pytest", tag], xor(file_key, one))
elif sys.argv[1] == "--age-plugin=identity-v1":
    for at, words, body in stanzas:
        for one in keys:
            if words == ["pytest", hashlib.sha256(one).hexdigest()[:8]]:
                ask(["file-key", at], xor(body, one))
send(["done"])
