"""What no line of ours does, and what each secret of ours is."""

import ast
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.crypto import salted_hmac

from blog.comments.posting.forms import CommentForm
from cms import vault
from cms.http.quiet_log import WithoutAddresses
from cms.invitations.models import InvitationToken
from cms.outbox import tokens
from cms.second_factor import codes
from tests.own_site import ROOT

PACKAGES = ("blog", "cms", "home")
RUNS_WHAT_IT_IS_GIVEN = re.compile(
    r"(?:eval|exec|compile|__import__|os\.(?:system|popen)|(?:pickle|marshal|shelve|yaml|dill)\.\w+"
    r"|subprocess\.(?:getoutput|getstatusoutput)|(?:engines\[.*\]|Engine\(.*\))\.from_string)"
)
WRITES_HTML = re.compile(
    r"\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|createContextualFragment"
    r"|\beval\(|new Function"
)
RANDOM_BYTES = 16  # 128 bits
RECOVERY_BYTES = 14  # 112 bits: so long, a plain digest gives a code to nobody (ASVS 6.5.2)
SPREADS_RETRIES = "cms/outbox/actions.py"


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def is_dangerous(call: ast.Call) -> bool:
    with_shell = any(word.arg == "shell" for word in call.keywords)
    return with_shell or bool(RUNS_WHAT_IT_IS_GIVEN.fullmatch(ast.unparse(call.func)))


def test_nothing_of_ours_runs_a_shell_or_what_it_is_sent():
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]

    assert len(files) > 150
    assert [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in files
        for call in calls(path)
        if is_dangerous(call)
    ] == []


@pytest.mark.parametrize(
    "line", ["eval(x)", "pickle.loads(x)", "os.system(x)", "run(x, shell=True)", "yaml.load(x)"]
)
def test_such_a_line_is_found(line):
    assert is_dangerous(ast.parse(line).body[0].value)


def test_no_script_of_ours_writes_html():
    scripts = list((ROOT / "static").rglob("*.js"))

    assert len(scripts) > 3
    assert [path.name for path in scripts if WRITES_HTML.search(path.read_text())] == []


def test_secrets_are_long_enough():
    assert InvitationToken.SECRET_BYTES == 32
    assert min(tokens.BYTES, vault.INDEX_BYTES, codes.KEY_BYTES) >= RANDOM_BYTES
    assert codes.RECOVERY_BYTES >= RECOVERY_BYTES


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_no_secret_comes_from_a_generator_that_can_be_guessed():
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    guessable = [str(path.relative_to(ROOT)) for path in files if "random" in imports(path)]

    assert guessable == [SPREADS_RETRIES]


def test_a_changed_ciphertext_is_refused():
    sealed = bytearray(vault.seal("ann@example.org"))
    sealed[40] ^= 1

    with pytest.raises(vault.AddressUnreadableError):
        vault.unseal(bytes(sealed))


def test_lines_of_the_log_are_in_utc():
    record = logging.makeLogRecord({"msg": "A line.", "created": 0.0, "levelname": "ERROR"})
    format_ = settings.LOGGING["formatters"]["line"]["format"]

    assert WithoutAddresses(format_, style="{").format(record).startswith("1970-01-01 00:00:00")


def test_the_hidden_hash_of_a_form_is_made_with_sha_256(post):
    form = CommentForm(post)
    sent = form.generate_security_data()
    said = "-".join(sent[name] for name in ("content_type", "object_pk", "timestamp"))
    keyed = [salted_hmac("comment form", said, algorithm=name).hexdigest() for name in ("sha1", "sha256")]

    assert sent["security_hash"] != keyed[0]
    assert sent["security_hash"] == keyed[1][:40]
