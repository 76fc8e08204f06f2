"""Reads a JSON list of [name, SARIF log] from stdin and says what OASIS's schema (the file of the argument) has against them."""

import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
for name, log in json.load(sys.stdin):
    for error in validator.iter_errors(log):
        print(f"{name}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
