"""Reads [[format, text], ...] from stdin with Python's own readers and writes what they found, a line of JSON each.

Dates become {"date": ...}, floats {"float": text}, what JSON has no words for {"other": type}; a text that is refused becomes {"error": type}.
"""
import datetime
import io
import json
import sys
import tomllib

import dotenv
import yaml


def unique(pairs):
    """JSON and YAML tables as lists of pairs, because the order counts."""
    return {"table": [[str(key) if isinstance(key, str) else {"key": repr(key)}, value] for key, value in pairs]}


def plain(value):
    if isinstance(value, bool) or value is None or isinstance(value, (int, str)):
        return value
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, (datetime.date, datetime.time)):
        return {"date": value.isoformat()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return unique((key, plain(item)) for key, item in value.items())
    return {"other": type(value).__name__}


def read(format, text):
    if format == "json":
        return json.loads(text)
    if format == "toml":
        return tomllib.loads(text)
    if format == "yaml":
        return yaml.safe_load(text)
    # As dotenv_values(path) opens a file: every kind of line end is one.
    stream = io.StringIO(text, newline=None)
    return dict(dotenv.dotenv_values(stream=stream, interpolate=False))


for format, text in json.load(sys.stdin):
    try:
        found = plain(read(format, text))
    except Exception as error:
        found = {"error": type(error).__name__}
    print(json.dumps(found))
