from django.urls import path

from cms.outbox.admin_views import OutboxView, RowView

app_name = "outbox"
urlpatterns = [
    path("", OutboxView.as_view(), name="rows"),
    path("<int:delivery_id>/", RowView.as_view(), name="row"),
]
