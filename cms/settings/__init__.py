"""
Django's settings, and what the environment may change of them.

    formats       how dates are written
    environment   one function for each kind of variable: read strictly, refused in one sentence
    names         what Wagtail takes from settings and the owner of a site decides
    base          for one machine, ready to use
    production    behind a TLS proxy, with nothing left to guess
    test          fixed, whatever the environment says
"""
