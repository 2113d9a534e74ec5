from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def named_editors_comments(keys: SafeString) -> SafeString:
    """Call by their name, in Wagtail's list of keys, the comments that editors write to each other."""
    return mark_safe(keys.replace("Add or show comments", "Add or show editors’ comments"))  # noqa: S308 -- was safe
