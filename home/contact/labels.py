"""
The labels of the form's own fields: stored in English beside the questions of an editor, shown translated.
"""

from django.utils.translation import gettext_lazy as _

TELEPHONE, MESSAGE = "Telephone", "Message"
_SHOWN = {TELEPHONE: _("Telephone"), MESSAGE: _("Message")}


def shown(label: str) -> str:
    """Return a stored label in the active language; an editor's question as it is."""
    return str(_SHOWN.get(label, label))
