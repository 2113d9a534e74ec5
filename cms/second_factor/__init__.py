"""
A second factor at the log-in: codes of an app (TOTP), passkeys (WebAuthn) and recovery codes.

    models       what is stored of a person's factors, and who must have one
    people       who has a factor, and who must
    codes        codes of an app, and recovery codes: made, shown, each accepted once
    passkeys     made and accepted by python-fido2
    new_app      an app that is being set up
    challenges   what a passkey has to sign, once
    sure         before a factor is changed: the password, and a factor shown in the last ten minutes
    half         between the right password and the second factor, when no one is logged in
    proof        a form that shows a factor, at the log-in or before one is changed
    actions      add, remove, reset: each is logged, reported by mail, and ends other sessions
    letters      those mails
    views        the pages; `forms` what is typed there; `admin_urls` where they are
    checks       groups that must have a factor, and people in them who have none

Why not a package with pages: django-allauth brings its own log-in, addresses and limits, knows a used code
from the cache alone (here each process may have its own), and can make recovery codes again from what it
stores. django-otp stores keys and recovery codes as they are, locks a factor after wrong codes, and logs in
before one is shown. The hard parts are left to libraries: cryptography computes codes, python-fido2 checks
signatures, segno draws the picture.
"""
