from django.urls import path

from blog.comments.notifications import mail_views

app_name = "comment_mail"
urlpatterns = [
    path("confirm/<slug:token>/", mail_views.confirm, name="confirm"),
    path("unsubscribe/<slug:token>/", mail_views.unsubscribe, name="unsubscribe"),
]
