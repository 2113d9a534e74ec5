"""django-comments-xtd, without its hidden side effects."""

from django_comments_xtd.apps import CommentsXtdConfig


class QuietCommentsXtdConfig(CommentsXtdConfig):
    """The app without its ``pre_save`` cascade, which publishes the held replies below a saved comment."""

    def ready(self) -> None:
        """Connect nothing."""
