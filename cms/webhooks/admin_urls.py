from django.urls import path

from cms.webhooks.admin_views import CallsView, EndpointsView, EndpointView, NewEndpointView

app_name = "webhooks"
urlpatterns = [
    path("", EndpointsView.as_view(), name="endpoints"),
    path("new/", NewEndpointView.as_view(), name="new"),
    path("<int:endpoint_id>/", EndpointView.as_view(), name="endpoint"),
    path("<int:endpoint_id>/calls/", CallsView.as_view(), name="calls"),
]
