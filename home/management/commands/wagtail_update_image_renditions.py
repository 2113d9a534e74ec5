"""Wagtail's command, but it names the pictures that failed and then exits with an error."""

from django.core.management.base import CommandError
from django.db import transaction
from wagtail.images import get_image_model
from wagtail.images.management.commands import wagtail_update_image_renditions
from wagtail.images.models import AbstractRendition


class Command(wagtail_update_image_renditions.Command):
    def handle(self, *, purge_only: bool, **options: object) -> None:
        renditions = get_image_model().get_rendition_model().objects.select_related("image")
        keys = list(renditions.values_list("pk", flat=True))
        failed = 0
        for rendition in (renditions.filter(pk=key).first() for key in keys):
            failed += not (rendition is None or self.renew(rendition, purge_only))
        done = "removed" if purge_only else "scaled again"
        self.stdout.write(f"{len(keys) - failed} of {len(keys)} pictures {done}.")
        if failed:
            raise CommandError(f"{failed} pictures failed. Each is named above, and was left unchanged.")

    def renew(self, rendition: AbstractRendition, purge_only: bool) -> bool:
        """Return whether it could be done."""
        key, picture, wanted = rendition.pk, rendition.image, rendition.filter
        try:
            with transaction.atomic():
                rendition.delete()
                if not purge_only:
                    picture.create_rendition(wanted)
        except Exception as error:  # noqa: BLE001 -- one that cannot be read does not stop the others
            self.stderr.write(f"Rendition {key} ({wanted.spec}) of image {picture.pk}: {error}")
            return False
        return True
