"""Pictures in a page: what is drawn, or a placeholder. Attributes of the image are given by name."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from wagtail.images.models import AbstractImage, AbstractRendition, Filter, Picture, ResponsiveImage
from wagtail.models import Page

from cms.http import previews
from cms.pages import shared_pictures
from cms.pictures import renditions, specs

register = template.Library()


@register.simple_tag(takes_context=True)
def picture(context: dict[str, Any], image: AbstractImage | None, specs: str, **attributes: Any) -> str:
    """A picture in several formats and widths; braces in ``specs`` stand for each of what they hold."""
    drawn = _drawn(context, image, specs)
    return Picture(drawn, attributes).__html__() if drawn else _blank()


@register.simple_tag(takes_context=True)
def srcset_image(context: dict[str, Any], image: AbstractImage | None, specs: str, **attributes: Any) -> str:
    """A picture of one format in several sizes."""
    drawn = _drawn(context, image, specs)
    return str(ResponsiveImage(drawn, attributes)) if drawn else _blank()


@register.simple_tag(takes_context=True)
def rendition(context: dict[str, Any], image: AbstractImage | None, spec: str) -> AbstractRendition | None:
    """A rendition to ask for its address; None where there is none."""
    return next(iter(_drawn(context, image, spec).values()), None)


@register.simple_tag(takes_context=True)
def shared_picture(context: dict[str, Any], page: Page, own: AbstractImage | None = None) -> Any:
    """The picture for links to a page: full_url, width, height, alt. An editor sees that of the draft."""
    return rendition(context, own, specs.SHARED) or shared_pictures.of(page, None, context["request"])


def _drawn(context: dict[str, Any], image: AbstractImage | None, specs: str) -> renditions.Drawn:
    """Return nothing for a picture that is not chosen yet, or deleted."""
    if image is None:
        return {}
    find = renditions.preview if previews.is_editors(context.get("request")) else renditions.of
    return find(image, *Filter.expand_spec(specs))


def _blank() -> str:
    return render_to_string("includes/blank_picture.html")
