"""A username and the two parts of a name, from a name as people type it."""

import unicodedata
from itertools import count

from django.contrib.auth import get_user_model

LONGEST = 150  # characters, which the columns of Django's user hold
LONGEST_SUGGESTION = 40
NAMELESS = "colleague"


def parts(name: str) -> tuple[str, str]:
    """Return first and last name, split at the last blank: Wagtail keeps two."""
    first, _, last = name.rpartition(" ")
    return (first, last) if first else (last, "")


def suggest(name: str) -> str:
    """
    Return a username that nobody has: the words of the name, in its own script, or "colleague".

    Never anything of the address: usernames are in the history of the site.
    """
    base = _words(name) or NAMELESS
    users = get_user_model().objects.filter(username__istartswith=base)
    taken = {username.lower() for username in users.values_list("username", flat=True)}
    return next(each for number in count(1) if (each := _numbered(base, number)) not in taken)


def is_taken(username: str) -> bool:
    """Say whether somebody has it, in capitals or not: people are told apart by it."""
    return get_user_model().objects.filter(username__iexact=username).exists()


def _words(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).lower()
    words = ["".join(char for char in word if char.isalnum()) for word in plain.split()]
    return ".".join(filter(None, words))[:LONGEST_SUGGESTION].strip(".")


def _numbered(base: str, number: int) -> str:
    return base if number == 1 else f"{base}{number}"
