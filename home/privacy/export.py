"""An export as a file: JSON for another program, a page for a person to read."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string


def as_json(data: dict[str, Any]) -> str:
    return json.dumps(data, cls=DjangoJSONEncoder, indent=2, ensure_ascii=False) + "\n"


def as_page(data: dict[str, Any]) -> str:
    """Return one HTML file that needs no other."""
    return render_to_string("home/privacy/export.html", {"data": data})
