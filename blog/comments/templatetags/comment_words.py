"""Words for the templates of comments."""

from html import escape

from django import template
from django.utils.formats import localize
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext

from blog.comments.posting import script_words

register = template.Library()


@register.simple_tag
def more_loaded() -> str:
    return script_words.forms(script_words.MORE_LOADED)


@register.simple_tag
def selected() -> str:
    return script_words.forms(script_words.SELECTED)


@register.filter
def in_reply_to(name: str) -> SafeString:
    return _filled(gettext("In reply to %(name)s"), name=escape(name))


@register.filter
def reply_label(name: str) -> SafeString:
    return _filled(gettext('Reply<span class="vh"> to %(name)s</span>'), name=escape(name))


@register.filter
def report_label(name: str) -> SafeString:
    return _filled(gettext('Report<span class="vh"> the comment by %(name)s</span>'), name=escape(name))


@register.filter
def reply_count(number: int, name: str) -> SafeString:
    """Say how many replies there are and, read aloud only, to whom; a removed comment has no ``name``."""
    if not name:
        text = ngettext("%(number)s reply", "%(number)s replies", number)
    else:
        text = ngettext(
            '%(number)s reply<span class="vh"> to %(name)s</span>',
            '%(number)s replies<span class="vh"> to %(name)s</span>',
            number,
        )
    return _filled(text, name=escape(name), number=localize(number))


def _filled(text: str, **parts: str) -> SafeString:
    """As ``blocktranslate`` does; a page with 50 comments would spend a twelfth of its time in that."""
    return mark_safe(text % parts)  # noqa: S308 -- the texts are ours, names are escaped
