from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString
from wagtail.images.models import AbstractRendition
from wagtail.models import Page

from blog import json_ld
from cms.text.embedding import json_script

register = template.Library()


@register.simple_tag
def may_write(page: Page, request: HttpRequest | None) -> bool:
    """Say whether whoever looks may add a post. Where no session cookie is sent, none is read."""
    if settings.SESSION_COOKIE_NAME not in getattr(request, "COOKIES", ()):
        return False
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated and page.permissions_for_user(user).can_add_subpage())


@register.simple_tag
def post_as_json_ld(
    post: Any, *, picture: AbstractRendition | None, site_name: str, comments: int | None
) -> SafeString:
    """A post for search engines, as a script element that runs nothing."""
    image = picture.full_url if picture else ""
    data = json_ld.of(post, image=image, site_name=site_name, comments=comments or 0)
    return json_script(data, "application/ld+json")
