from django.urls import path

from blog.comments.desk.act_views import ActView, AllView
from blog.comments.desk.case_views import CaseView
from blog.comments.desk.people_views import BansView, PersonView
from blog.comments.desk.statistics_views import DecisionStatistics
from blog.comments.desk.views import BatchView, DeskView, FindView

app_name = "blog_comments"
urlpatterns = [
    path("", DeskView.as_view(http_method_names=["get", "head"]), name="desk"),
    path("find/", FindView.as_view(), name="find"),
    path("batch/", BatchView.as_view(), name="batch"),
    path("all/", AllView.as_view(http_method_names=["get", "head", "post"]), name="all"),
    path("acts/<uuid:act>/", ActView.as_view(http_method_names=["get", "head", "post"]), name="act"),
    path("bans/", BansView.as_view(http_method_names=["get", "head", "post"]), name="bans"),
    path(
        "people/<int:reader_id>/",
        PersonView.as_view(http_method_names=["get", "head", "post"]),
        name="person",
    ),
    path("decisions/", DecisionStatistics.as_view(http_method_names=["get", "head"]), name="decisions"),
    path("<int:comment_id>/", CaseView.as_view(http_method_names=["get", "head", "post"]), name="case"),
]
