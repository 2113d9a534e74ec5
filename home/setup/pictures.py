"""A picture that is uploaded with a step: it takes the way of every other upload."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.models import Collection
from wagtail.permissions import policy_registry

from cms.brand.logos import Size, require_size
from cms.credentials.staff import Staff


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
    require_size(form.cleaned_data["file"].image.get_size(), least)
    return form
