from django.urls import path

from home.contact.admin_views import InboxView
from home.contact.message_views import FileView, MessageView

app_name = "home_contact"
urlpatterns = [
    path("", InboxView.as_view(), name="inbox"),
    path("<int:message_id>/", MessageView.as_view(), name="message"),
    path("<int:message_id>/files/<int:attachment_id>/", FileView.as_view(), name="file"),
]
