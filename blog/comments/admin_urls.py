from django.urls import path

from blog.comments.admin_views import BatchView, DeskView
from blog.comments.case_views import CaseView
from blog.comments.report_views import DecisionReport

app_name = "blog_comments"
urlpatterns = [
    path("", DeskView.as_view(http_method_names=["get", "head"]), name="desk"),
    path("batch/", BatchView.as_view(), name="batch"),
    path("decisions/", DecisionReport.as_view(http_method_names=["get", "head"]), name="decisions"),
    path("<int:comment_id>/", CaseView.as_view(http_method_names=["get", "head", "post"]), name="case"),
]
