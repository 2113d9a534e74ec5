"""Where Wagtail sends those who may not read a private page or document."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse


def log_in_to_read(request: HttpRequest) -> HttpResponse:
    """Lead to the one log-in that counts, with the page to return to; or show that it is for others."""
    if request.user.is_authenticated:
        return render(request, "cms/accounts/for_others.html", status=403)
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"{reverse('wagtailadmin_login')}{'?' if query else ''}{query}")
