from collections.abc import Iterator

from django import template
from django.core.paginator import Page

register = template.Library()


@register.filter
def steps(page: Page) -> Iterator[int | str]:
    """Return the first, the last and the neighbouring numbers of a paginator's page, with signs for gaps."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
