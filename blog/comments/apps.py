from datetime import timedelta

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "blog.comments"
    label = "blog_comments"
    verbose_name = "Reader comments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from blog.comments import checks, notifications, retention  # noqa: F401 -- two register themselves
        from cms.outbox import chores

        chores.register("purge comments", timedelta(hours=1), retention.purge)
