"""What templates of comments say to scripts."""

from django import template

from blog.comments.posting import script_words

register = template.Library()


@register.simple_tag
def more_loaded() -> str:
    return script_words.forms(script_words.MORE_LOADED)


@register.simple_tag
def selected() -> str:
    return script_words.forms(script_words.SELECTED)
