from django import template
from django.utils.translation import get_language, to_locale

register = template.Library()


@register.simple_tag
def og_locale() -> str:
    """Return the active language as Open Graph writes it: `en_GB`."""
    return to_locale(get_language() or "")
