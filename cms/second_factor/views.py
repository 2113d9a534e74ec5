"""The pages of the second factor. Those that set one up also open to a half log-in without one."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from cms.credentials import guessing, staff
from cms.credentials.staff import Staff
from cms.second_factor import actions, challenges, codes, half, new_app, passkeys, people, sure
from cms.second_factor.forms import NewAppForm, NewPasskeyForm
from cms.second_factor.models import Authenticator, RecoveryCode
from cms.second_factor.proof import ConfirmForm, ProofForm
from cms.sessions import actions as sessions
from cms.text.numbers import read_number

NEW_CODES = "second_factor_new_codes"
AGAIN = _("That took too long, or your log-in has changed. Sign in again.")
NOT_MADE = _("The browser did not create a usable passkey. Try again.")
LAST_ONE = _("You must have a second factor. Add another one before you remove this.")

View = Callable[..., HttpResponse]
page = require_http_methods(["GET", "HEAD", "POST"])


def setting_up(view: View) -> View:
    """
    Pass on a user who is logged in and has confirmed it, or gave the right password and must set up a factor.

    New recovery codes come first: a form that was sent twice leads to them too.
    """

    @wraps(view)
    def opened(request: HttpRequest) -> HttpResponse:
        if request.user.is_anonymous:
            return _open_to_half(request, view)
        if NEW_CODES in request.session:
            return redirect("second_factor:codes")
        return sure.required(view)(request, user=request.user)

    return opened


def _open_to_half(request: HttpRequest, view: View) -> HttpResponse:
    user = half.user_of(request)
    if user is None:
        return start_again(request)
    if people.has_factor(user):
        return redirect("second_factor:step")
    return view(request, user=user) if people.is_demanded(user) else start_again(request)


def start_again(request: HttpRequest) -> HttpResponse:
    if half.HALF in request.session:
        messages.error(request, AGAIN)
    return redirect("wagtailadmin_login")


@page
@sensitive_post_parameters()
@guessing.remember_device
def second_step(request: HttpRequest) -> HttpResponse:
    """Ask a user who gave the right password for their factor."""
    user = half.user_of(request)
    if user is None:
        return start_again(request)
    if not people.has_factor(user):
        return redirect("second_factor:app")
    form = ProofForm(request.POST if request.method == "POST" else None, request=request, user=user)
    if form.is_valid():
        return HttpResponseRedirect(half.finish(request, user))
    return _ask(request, form, gettext("One more step"), gettext("Continue"))


@page
@sensitive_post_parameters()
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask a logged-in user for their password and factor."""
    if request.user.is_anonymous:
        return redirect("wagtailadmin_login")
    form = ConfirmForm(request.POST if request.method == "POST" else None, request=request, user=request.user)
    if form.is_valid():
        sure.note(request)
        return HttpResponseRedirect(_next(request))
    return _ask(request, form, gettext("Confirm it’s you"), gettext("Continue"))


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show what a user has set up. Readers with a log-in see it, too: a factor can be demanded of them."""
    context = {
        "app": Authenticator.objects.filter(user=staff.of(request)).first(),
        "passkeys": staff.of(request).passkeys.all(),
        "codes_left": RecoveryCode.objects.filter(user=staff.of(request)).count(),
        "demanded": people.is_demanded(staff.of(request)),
        "new_codes": NEW_CODES in request.session,
        "obstacle": passkeys.obstacle(request.get_host()),
    }
    return render(request, "cms/second_factor/overview.html", context)


@page
@sensitive_post_parameters()
@guessing.remember_device
@setting_up
def app(request: HttpRequest, user: Staff) -> HttpResponse:
    """Show the key of a new app; it counts once the app has shown a code."""
    sealed_key, recovery_codes = new_app.current(request)
    form = NewAppForm(request.POST if request.method == "POST" else None, sealed_key=sealed_key)
    if form.is_valid():
        new_app.forget(request)
        actions.add_app(user, sealed_key, form.cleaned_data["code"])
        return _go_on(request, user, recovery_codes)
    context = {
        "form": form,
        "picture": codes.picture(sealed_key, user),
        "key": codes.key_in_words(sealed_key),
        "only_this": request.user.is_anonymous,
    }
    return render(request, "cms/second_factor/app.html", context)


@page
@guessing.remember_device
@setting_up
def passkey(request: HttpRequest, user: Staff) -> HttpResponse:
    """Keep a new passkey that the browser makes."""
    form = NewPasskeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        new = passkeys.made(challenges.take(request), form.cleaned_data["credential"])
        if new and actions.add_passkey(user, form.cleaned_data["name"], new):
            return _go_on(request, user, codes.new_recovery_codes())
        form.add_error(None, NOT_MADE)
    context = {
        "form": form,
        "wish": passkeys.wish_for_new(user, challenges.current(request)),
        "obstacle": passkeys.obstacle(request.get_host()),
        "only_this": request.user.is_anonymous,
    }
    return render(request, "cms/second_factor/passkey.html", context)


@login_required
@require_safe
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show new ones, until their owner confirms that they are stored."""
    if NEW_CODES not in request.session:
        return redirect("second_factor:overview")
    return render(request, "cms/second_factor/codes.html", {"codes": request.session[NEW_CODES]["codes"]})


@login_required
@require_POST
def keep_codes(request: HttpRequest) -> HttpResponse:
    new = request.session.pop(NEW_CODES, {"then": reverse("second_factor:overview")})
    return HttpResponseRedirect(new["then"])


@login_required
@require_POST
@sure.required
def renew_codes(request: HttpRequest) -> HttpResponse:
    if not people.has_factor(staff.of(request)):
        return redirect("second_factor:overview")
    new = actions.renew_recovery_codes(staff.of(request))
    _end_others(request)
    return _show_codes(request, new, reverse("second_factor:overview"))


@login_required
@require_POST
@sure.required
def remove(request: HttpRequest) -> HttpResponse:
    """Remove the passkey with the posted number, or the app if that is empty."""
    which = request.POST.get("passkey")
    passkey = read_number(which)
    if which != "" and passkey is None:
        return HttpResponseBadRequest()
    try:
        actions.remove(staff.of(request), passkey)
    except actions.LastOneError:
        messages.error(request, LAST_ONE)
    else:
        _end_others(request)
    return redirect("second_factor:overview")


@page
@sure.required
def reset(request: HttpRequest, user_id: int) -> HttpResponse:
    """Remove the factors of another user, who has lost them."""
    user = get_object_or_404(get_user_model(), pk=user_id)
    if not actions.may_reset(staff.of(request), user):
        raise PermissionDenied
    if request.method == "POST":
        actions.reset(user, by=staff.of(request))
        done = gettext("%(user)s can now sign in with just a password.")
        messages.success(request, done % {"user": user.get_username()})
        return redirect("wagtailusers_users:index")
    context = {"person": user, "has_factor": people.has_factor(user)}
    return render(request, "cms/second_factor/reset.html", context)


def _ask(request: HttpRequest, form: ProofForm, title: str, button: str) -> HttpResponse:
    wish = None
    if "credential" in form.fields:
        wish = passkeys.wish_for_proof(form.user, challenges.current(request))
    obstacle = passkeys.obstacle(request.get_host()) if wish else ""
    context = {"form": form, "wish": wish, "obstacle": obstacle, "title": title, "button": button}
    context["next"] = _next(request)
    return render(request, "cms/second_factor/prove.html", context)


def _go_on(request: HttpRequest, user: Staff, new_codes: list[str]) -> HttpResponse:
    """Finish setting up a factor: recovery codes with the first one, and a complete log-in."""
    then = half.finish(request, user) if request.user.is_anonymous else reverse("second_factor:overview")
    _end_others(request)
    if codes.keep_first(user, new_codes):
        return _show_codes(request, new_codes, then)
    return HttpResponseRedirect(then)


def _end_others(request: HttpRequest) -> None:
    """End all sessions but this one, in which the password and a factor were shown just now."""
    half.note_shown(request)
    sessions.end_others(request)


def _show_codes(request: HttpRequest, new: list[str], then: str) -> HttpResponse:
    """Keep the codes in the session, which is sealed: reloading the page shows them again."""
    request.session[NEW_CODES] = {"codes": new, "then": then}
    return redirect("second_factor:codes")


def _next(request: HttpRequest) -> str:
    then = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(then, {request.get_host()}, require_https=request.is_secure()):
        return then
    return reverse("second_factor:overview")
