"""Where links on a page may lead: to pages that the readers of that page may read as well."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property

from wagtail.models import Page

from cms.reading import public_pages

Ids = Iterable[int | None]


class Shown:
    """A page that is being rendered. All pages it links to are read at once, with the first link."""

    def __init__(self, page: Page | None = None, ids: Callable[[], Ids] = tuple) -> None:
        self.page = page
        self._ids = ids

    @cached_property
    def ids(self) -> set[int]:
        return _numbers(self._ids())

    @cached_property
    def readable(self) -> dict[int, Page]:
        return {page.pk: page for page in self.read(self.ids)}

    def read(self, ids: set[int]) -> list[Page]:
        pages = public_pages.of(Page.objects.filter(pk__in=ids), self.page)
        return [page for page in pages if page.get_url_parts()]


# Wagtail asks for the pages that rich text links to without saying where the text is shown.
_shown: ContextVar[Shown | None] = ContextVar("page_shown", default=None)


@contextmanager
def shown_on(page: Page | None, ids: Callable[[], Ids] = tuple) -> Iterator[None]:
    """
    Render the block for the readers of a page; for anyone where there is none.

    ``ids`` returns the ids of all pages that it links to.
    """
    before = _shown.set(Shown(page, ids))
    try:
        yield
    finally:
        _shown.reset(before)


def readable(ids: Ids) -> list[Page]:
    """Return the pages with these ids that have an address and that the readers of this page may read."""
    context, pks = _shown.get() or Shown(), _numbers(ids)
    if pks <= context.ids:
        return [context.readable[pk] for pk in pks if pk in context.readable]
    return context.read(pks)


def url_of(page: Page | None) -> str:
    """Return the address of a page, empty where the readers of this page may not read it."""
    pages = readable([page.pk]) if page else []
    return pages[0].get_url() if pages else ""


def _numbers(ids: Ids) -> set[int]:
    return {pk for pk in ids if pk is not None}
