from django.apps import AppConfig
from django.contrib.staticfiles.apps import StaticFilesConfig


class CmsConfig(AppConfig):
    """Gives `manage.py` the commands below `cms/management/`; it has no models."""

    name = "cms"
    verbose_name = "Site"

    def ready(self) -> None:
        from cms import password_reset  # noqa: F401 -- it registers its event


class StaticFiles(StaticFilesConfig):
    """Leaves behind what no page of ours loads: django-comments-xtd's pages and a second API browser."""

    ignore_patterns = (*StaticFilesConfig.ignore_patterns, "django_comments_xtd", "redoc.*")
