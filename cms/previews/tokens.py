"""
Tokens of the editor's preview: signed, ended after LIFE, and stored nowhere.

A token names what is shown and who shows it. Whether that person may still edit the page is asked each time
it is read.
"""

from datetime import timedelta
from typing import Literal, NamedTuple

from django.core import signing

LIFE = timedelta(minutes=30)
PREFIX = "preview_"
SALT = "cms.previews"

Kind = Literal["form", "page", "revision"]


class Shown(NamedTuple):
    """What is shown: a form that is not saved, the latest draft of a page, or a revision."""

    kind: Kind
    pk: int
    user: int


def sign(shown: Shown) -> str:
    return PREFIX + signing.dumps(list(shown), salt=SALT)


def read(token: str) -> Shown:
    """Raises BadSignature for a token that is not ours, or has ended."""
    if not token.startswith(PREFIX):
        raise signing.BadSignature
    return Shown(*signing.loads(token.removeprefix(PREFIX), salt=SALT, max_age=LIFE))
