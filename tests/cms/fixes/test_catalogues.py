"""Django keeps the catalogue of each app apart; here those are one whose plurals are formed alike."""

from gettext import c2py
from types import SimpleNamespace

import pytest
from django.utils.translation.trans_real import DjangoTranslation, TranslationCatalog, translation

from cms.fixes import catalogues


def of_an_app(plural: str, **texts: str) -> SimpleNamespace:
    return SimpleNamespace(plural=c2py(plural), _catalog=dict(texts))


def merged(update) -> TranslationCatalog:
    catalog = TranslationCatalog(of_an_app("n != 1", a="A", b="B"))
    for more in (of_an_app("n != 1", b="later"), of_an_app("n > 1", c="C"), of_an_app("n > 1", d="D")):
        update(catalog, more)
    return catalog


def test_django_still_keeps_them_apart():
    assert len(merged(catalogues.DJANGOS_OWN)._catalogs) == 4, "cms.fixes.catalogues can go"


def test_those_are_one_whose_plurals_are_alike_and_a_later_text_counts():
    catalog = merged(TranslationCatalog.update)

    assert len(catalog._catalogs) == len(catalog._plurals) == 2
    assert [catalog.get(each) for each in "abcde"] == ["A", "later", "C", "D", None]


def test_catalogues_without_texts_are_not_asked():
    ours, asked = translation("en-gb"), []
    while ours:
        asked.append(len(list(ours._catalog.keys())))
        ours = ours._fallback

    assert len(asked) == 2  # British and other English
    assert min(asked) > 1


@pytest.mark.parametrize("language", ["en-gb", "de", "pl", "ar"])
def test_every_text_stays_as_it_was(language, monkeypatch):
    ours = translation(language)
    monkeypatch.setattr(TranslationCatalog, "update", catalogues.DJANGOS_OWN)
    theirs = DjangoTranslation(language)
    texts = {key for catalog in theirs._catalog._catalogs for key in catalog}

    assert len(texts) > 300
    assert len(ours._catalog._catalogs) < len(theirs._catalog._catalogs)
    for key in texts:
        if isinstance(key, str) and key:
            assert ours.gettext(key) == theirs.gettext(key), key
        elif key:
            for number in (0, 1, 2, 3, 5, 11, 21, 100):
                assert ours.ngettext(key[0], "", number) == theirs.ngettext(key[0], "", number), (key, number)
