from django.urls import path

from cms.invitations import mail_views

app_name = "invitation_mail"
urlpatterns = [path("invitation/<slug:token>/", mail_views.accept, name="accept")]
