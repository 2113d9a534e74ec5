"""A setting of Wagtail's that the owner of a site decides, and not the server."""

from django.utils.functional import lazy
from django.utils.module_loading import import_string


def _site_name() -> str:
    return import_string("cms.brand.names.site_name")()  # once the apps are loaded


site_name = lazy(_site_name, str)()
