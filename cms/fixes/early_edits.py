"""
What an editor types before Wagtail looks at the form.

Wagtail 8.0 takes a form as it is two seconds after it was opened for what is stored. What was typed by then
was neither saved by itself nor previewed until the next key. `static/admin/early-edits.js` ends that;
`tests/browser/test_editing.py` fails without it.
"""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString


def script() -> SafeString:
    return format_html('<script src="{}"></script>', static("admin/early-edits.js"))
