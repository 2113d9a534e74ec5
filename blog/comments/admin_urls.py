from django.urls import path

from blog.comments.admin_views import DeskView

app_name = "blog_comments"
urlpatterns = [
    path("", DeskView.as_view(http_method_names=["get", "head"]), name="desk"),
    path("<int:comment_id>/", DeskView.as_view(http_method_names=["post"]), name="decide"),
]
