"""
Loaded by Schemathesis, in its own environment, for what the document cannot tell it.

No request shares a client's limit with another. Every other one names things that are there (KNOWN, by their
place and by the operation's path). And none is longer than the 64 KB at which the server's parser of HTTP
answers by itself, without a body.
"""

import json
import os
from itertools import count
from typing import Any

import schemathesis

LONGEST = 20_000  # characters of one parameter; from 8 KB on the site itself says that it is too long
KNOWN: dict[str, dict[str, str]] = json.loads(os.environ["KNOWN"])
numbers = count(1)


@schemathesis.hook
def before_call(context: Any, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    number = next(numbers)
    case.headers["X-Forwarded-For"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    there = KNOWN.get(case.operation.path, {}) | KNOWN[""]
    for parameters in (case.path_parameters, case.query):
        for name, value in (parameters or {}).items():
            if number % 2 and name in there:
                parameters[name] = there[name]
            elif len(str(value)) > LONGEST:
                parameters[name] = str(value)[:LONGEST]
