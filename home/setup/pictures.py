"""A picture that is uploaded with a step: it takes the way of every other upload."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.models import Collection
from wagtail.permissions import policy_registry

from cms.credentials.staff import Staff

Size = tuple[int, int]  # pixels, width and height


def collections(user: Staff) -> Any:
    """Return where a person may add pictures."""
    policy = policy_registry.get_by_type(get_image_model())
    return policy.collections_user_has_permission_for(user, "add").order_by("path")


def check(upload: UploadedFile, title: str, user: Staff, least: Size) -> Any:
    """Return the form of Wagtail's that saves the picture. Raises ValidationError, in a sentence."""
    where: Collection | None = collections(user).first()
    if where is None:
        raise ValidationError(gettext("You may not add pictures. Ask an administrator."))
    form = get_image_form(get_image_model())(
        {"title": title, "collection": where.pk}, {"file": upload}, user=user
    )
    if not form.is_valid():
        raise ValidationError([said for errors in form.errors.values() for said in errors][:1])
    _check_size(form.cleaned_data["file"].image.get_size(), least)
    return form


def _check_size(size: Size, least: Size) -> None:
    if size[0] < least[0] or size[1] < least[1]:
        sentence = gettext(
            "This picture is %(width)s by %(height)s pixels. It must be at least %(least_width)s by"
            " %(least_height)s, or it would be blurred."
        )
        numbers = {"width": size[0], "height": size[1], "least_width": least[0], "least_height": least[1]}
        raise ValidationError(sentence % numbers)
