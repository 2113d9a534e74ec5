from typing import Any

from django import template
from django.utils.safestring import SafeString
from wagtail.images.models import AbstractRendition

from blog import json_ld
from cms.text.embedding import json_script

register = template.Library()


@register.simple_tag
def post_as_json_ld(
    post: Any, *, picture: AbstractRendition | None, site_name: str, comments: int | None
) -> SafeString:
    """A post for search engines, as a script element that runs nothing."""
    image = picture.full_url if picture else ""
    data = json_ld.of(post, image=image, site_name=site_name, comments=comments or 0)
    return json_script(data, "application/ld+json")
