"""Data inside a page."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

_ESCAPES = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}  # as Django's json_script has them


def json_script(data: object, kind: str) -> SafeString:
    """Return data as a script element of a type that no browser runs. Nothing in it ends the element."""
    written = json.dumps(data, cls=DjangoJSONEncoder).translate(_ESCAPES)
    return format_html('<script type="{}">{}</script>', kind, mark_safe(written))  # noqa: S308 -- escaped above
