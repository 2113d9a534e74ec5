"""
Texts of all apps, looked up in few catalogues.

Django 5.2.19 merges the catalogues of two apps where their plurals are formed alike, and compares the code of
one plural with the function of the other: they never are. It also asks catalogues in which no text is
translated. So each text was looked for in one catalogue per app, eighteen for English, and a page with many
texts took a tenth longer. `test_catalogues` fails when Django merges them; then ours can go.
"""

from gettext import GNUTranslations
from typing import Any

from django.utils.translation.trans_real import DjangoTranslation, TranslationCatalog

DJANGOS_OWN = TranslationCatalog.update


def look_in_few() -> None:
    """To be called before the first text is looked up: a language is read once."""
    catalog: Any = TranslationCatalog
    catalog.update = _update
    language: Any = DjangoTranslation
    language.add_fallback = _add_fallback


def _update(into: Any, more: Any) -> None:
    """Merge the GNUTranslations of an app into a TranslationCatalog; the stubs know no parts of either."""
    if more.plural.__code__ == into._plurals[0].__code__:
        into._catalogs[0].update(more._catalog)
    elif _says_anything(more):
        DJANGOS_OWN(into, more)


def _add_fallback(into: Any, more: Any) -> None:
    """Ask the first of a chain of GNUTranslations in which there are texts, and those after it."""
    while more and not _says_anything(more):
        more = more._fallback
    if more:
        GNUTranslations.add_fallback(into, more)


def _says_anything(catalogue: Any) -> bool:
    """Return whether a GNUTranslations has a text besides the header, whose key is empty."""
    return any(catalogue._catalog.keys())
