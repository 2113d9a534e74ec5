"""
The words scripts put into a page, which brings them along.

A sentence about a number has several forms, and which one a number takes differs from language to language.
The page brings the form of one number of every kind there is (Unicode's plural rules); the script takes that
of the first number of the same kind.
"""

import json
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import ngettext_lazy

ONE_OF_EACH_KIND = (0, 1, 2, 3, 4, 6, 11, 100)

CHARACTERS_LEFT = ngettext_lazy("{number} character left", "{number} characters left", "number")
MORE_LOADED = ngettext_lazy("{number} more comment loaded", "{number} more comments loaded", "number")
SELECTED = ngettext_lazy("{number} selected:", "{number} selected:", "number")


def forms(sentence: Any) -> str:
    """Return a sentence about a ``number`` in all its forms, as JSON."""
    return json.dumps({number: sentence % {"number": number} for number in ONE_OF_EACH_KIND})


ROOM_LEFT = {"data-left": lazy(forms, str)(CHARACTERS_LEFT)}
