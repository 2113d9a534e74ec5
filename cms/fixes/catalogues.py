"""
Texts of all apps, looked up in few catalogues.

Django 5.2.19 merges the catalogues of two apps where their plurals are formed alike, and compares the code of
one plural with the function of the other: they never are. So each text was looked for in one catalogue per
app, eighteen for English, and a page with many texts took a tenth longer. `test_catalogues` fails when Django
merges them; then ours can go.
"""

from typing import Any

from django.utils.translation.trans_real import TranslationCatalog

DJANGOS_OWN = TranslationCatalog.update


def merge_where_plurals_are_alike() -> None:
    """To be called before the first text is looked up: a language is read once."""
    patched: Any = TranslationCatalog
    patched.update = _update


def _update(into: Any, more: Any) -> None:
    """Merge the GNUTranslations of an app into a TranslationCatalog; the stubs know no parts of either."""
    if more.plural.__code__ == into._plurals[0].__code__:
        into._catalogs[0].update(more._catalog)
    else:
        DJANGOS_OWN(into, more)
