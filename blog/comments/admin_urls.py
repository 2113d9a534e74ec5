from django.urls import path

from blog.comments.admin_views import BatchView, DeskView
from blog.comments.case_views import CaseView
from blog.comments.people_views import BansView, PersonView

app_name = "blog_comments"
urlpatterns = [
    path("", DeskView.as_view(http_method_names=["get", "head"]), name="desk"),
    path("batch/", BatchView.as_view(), name="batch"),
    path("bans/", BansView.as_view(http_method_names=["get", "head", "post"]), name="bans"),
    path(
        "people/<int:reader_id>/",
        PersonView.as_view(http_method_names=["get", "head", "post"]),
        name="person",
    ),
    path("<int:comment_id>/", CaseView.as_view(http_method_names=["get", "head", "post"]), name="case"),
]
