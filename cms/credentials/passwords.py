"""Which passwords are too easy to guess although they are long."""

import re

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator

from cms.brand import names
from cms.credentials.staff import Staff

LONGEST = 200  # characters looked at: what is longer is no common word with something behind it


class LongerCommonPasswordValidator(CommonPasswordValidator):
    """
    Refuses common passwords, and those made longer: by digits and signs, by words of this site, by repeating.

    Of Django's list of 20,000 hardly any has twelve characters; "password2026" is none of them.
    """

    def validate(self, password: str, user: Staff | None = None) -> None:
        super().validate(password, user)
        letters = "".join(filter(str.isalpha, password[:LONGEST].lower()))
        word = _once(_without_words_of_the_site(letters))
        if letters:
            super().validate(word or "password", user)


def _without_words_of_the_site(letters: str) -> str:
    named = f"{settings.SITE_HOST} {names.site_name()} wagtail admin".lower()
    words = sorted(re.findall(r"[^\W\d_]{3,}", named), key=len, reverse=True)
    return re.sub("|".join(words), "", letters)


def _once(letters: str) -> str:
    """Return what is repeated, if nothing else is there."""
    return letters[: (letters + letters).find(letters, 1)] if letters else ""
