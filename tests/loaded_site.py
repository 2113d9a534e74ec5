"""Imported once, by the process that those of `own_site` are forked from: the whole site is loaded."""

import django

from cms.management import web_server

django.setup()
web_server.load()
