"""
Parameters that Wagtail's choosers, lists and bulk actions read, and no page offers: none is a 500.

``tests/test_impossible_values.py`` asks for what a page's own forms and links name. Here are the names that
only scripts send, with values of another kind than is meant. Values take turns, so that each meets each name.
"""

from collections.abc import Iterator
from itertools import cycle, product
from urllib.parse import urlencode

import pytest

from tests import crawl, server_errors
from tests.conftest import signed_in
from tests.test_impossible_values import TWENTY_DIGITS, failures, site  # noqa: F401 -- a fixture

pytestmark = pytest.mark.django_db

CHOOSERS = (
    "allow_external_link", "can_choose_root", "chosen", "chosen_multiple", "collection_id", "content_type",
    "create_model", "format", "id", "link_text", "link_url", "locale", "match_subclass", "multiple",
    "order_by", "ordering", "p", "page", "page_type", "parent_page_id", "q", "rich_text_format", "search_all",
    "select_format", "tag", "target_pages[]", "type", "user_perms", "widget",
)  # fmt: skip
LISTS = (
    "_w_filter_fragment", "_w_hydrate_create_view", "child_of", "collection_id", "content_type", "export",
    "has_children", "in_preview_panel", "layout", "locale", "mode", "next", "ordering", "p", "page_type", "q",
    "site", "tag", "translation_of", "user", "id", "used_by_pages",
)  # fmt: skip
BULK = ("id", "childOf", "next", "ordering")
VALUES = (
    "x", TWENTY_DIGITS, "0", "-1", "1e9", "a\0b", "", "all", "wagtailcore.page", "blog.nothing", "a.b.c", ",",
    "//evil.example", "javascript:alert(1)", "http://[", "/\r\nX: y", "x" * 5000,
)  # fmt: skip
MODELS = ("wagtailcore/page", "wagtailimages/image", "wagtaildocs/document", "auth/user", "blog/author")
NO_MODELS = ("nothing/at_all", "blog_comments/reader", "sessions/session")
ACTIONS = ("delete", "publish", "move", "add_tags", "add_to_collection", "assign_role", "x")


def every_admin_address() -> list[str]:
    left_out = {"/admin/logout/", *server_errors.HONEST}
    return [url for url in crawl.every_url() if url.startswith("/admin/") and url not in left_out]


def asking(urls: list[str], names: tuple[str, ...], values: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Each name at each address, alone and then twice, as ids come."""
    turn = cycle(values)
    for url, name in product(urls, names):
        yield "GET", f"{url}?{urlencode([(name, next(turn))])}"
    for url in urls:
        twice = [(name, value) for name in names for value in ("1", next(turn))]
        yield "GET", f"{url}?{urlencode(twice)}"


def test_no_parameter_of_a_chooser_is_a_500(site, admin):  # noqa: F811 -- the fixture
    choosers = [url for url in every_admin_address() if "/choose" in url]

    assert len(choosers) > 20
    assert not failures(signed_in(admin), asking(choosers, CHOOSERS, VALUES))


@pytest.mark.parametrize("each", [3, pytest.param(5, marks=pytest.mark.long)])
def test_nor_is_one_of_any_other_page(site, admin, each):  # noqa: F811 -- the fixture
    turn, names = cycle(VALUES), cycle(LISTS)
    urls = [url for url in every_admin_address() if "/choose" not in url]
    odd = ((url, next(names), next(turn)) for url in urls for _ in range(each))
    requests = (("GET", f"{url}?{urlencode({name: value})}") for url, name, value in odd)

    assert not failures(signed_in(admin), requests)


def test_no_bulk_action_on_anything_is_a_500(site, admin):  # noqa: F811 -- the fixture
    turn = cycle(VALUES)
    addresses = [f"/admin/bulk/{model}/{act}/" for model, act in product((*MODELS, *NO_MODELS), ACTIONS)]
    odd = product(("GET", "POST"), addresses, BULK)
    requests = (
        (method, f"{url}?{urlencode([('id', '1'), (name, next(turn))])}") for method, url, name in odd
    )

    assert not failures(signed_in(admin), requests)
