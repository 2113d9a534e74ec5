from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "blog.comments"
    label = "blog_comments"
    verbose_name = "Reader comments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from blog.comments import checks, notifications  # noqa: F401 -- both register themselves
