"""The brand where no page of Wagtail is shown: it asks no database that may be away."""

from django import template

from cms.brand import memory

register = template.Library()


@register.simple_tag
def known_brand() -> memory.Brand:
    return memory.brand()
