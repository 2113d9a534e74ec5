"""The rules are pure: tables of facts and verdicts. That they are asked at all, test_policy.py shows."""

import logging
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.comments.rules import verdicts
from blog.comments.rules.verdicts import Facts, Limits, Reason
from cms.text import words

OPEN = Limits(moderation="none")
LINK = "https://example.org/"


def verdict(facts: Facts, limits: Limits | None = OPEN) -> tuple[str, list[str]]:
    judged = verdicts.judge(facts, limits)
    return judged.status.value, [reason.value for reason in judged.reasons]


@pytest.mark.parametrize(
    ("facts", "limits", "expected"),
    [
        (Facts(), None, ("pending", ["hold-all"])),
        (Facts(), Limits(), ("pending", ["hold-all"])),
        (Facts(), OPEN, ("approved", ["hold-none"])),
        (Facts(), Limits(moderation="a word nobody knows"), ("pending", ["hold-all"])),
        (Facts(honeypot_filled=True), OPEN, ("spam", ["honeypot"])),
        (Facts(honeypot_filled=True, seconds_open=1), Limits(), ("spam", ["honeypot"])),
        (
            Facts(text="pills", honeypot_filled=True),
            Limits(spam_words=("pills",)),
            ("spam", ["honeypot", "spam-words"]),
        ),
        (Facts(seconds_open=1.9), OPEN, ("pending", ["too-fast"])),
        (Facts(seconds_open=-5), OPEN, ("pending", ["too-fast"])),
        (Facts(seconds_open=2), OPEN, ("approved", ["hold-none"])),
        (Facts(seconds_open=1), Limits(), ("pending", ["too-fast", "hold-all"])),
        (Facts(text=LINK), OPEN, ("approved", ["hold-none"])),
        (Facts(text=f"{LINK} {LINK}"), OPEN, ("pending", ["links"])),
        (Facts(text=LINK, name=LINK), OPEN, ("pending", ["links"])),
        (Facts(text=f"{LINK} " * 9), Limits(moderation="none", hold_links=0), ("approved", ["hold-none"])),
        (Facts(text=LINK), Limits(moderation="none", hold_links=1), ("pending", ["links"])),
    ],
)
def test_a_verdict_with_every_rule_that_spoke(facts, limits, expected):
    assert verdict(facts, limits) == expected


@pytest.mark.parametrize(
    ("approved", "needed", "expected"),
    [
        (0, 1, ("pending", ["not-yet-trusted"])),
        (1, 2, ("pending", ["not-yet-trusted"])),
        (2, 2, ("approved", ["trusted"])),
        (0, 0, ("pending", ["not-yet-trusted"])),
    ],
)
def test_trust_is_earned_by_proven_comments(approved, needed, expected):
    limits = Limits(moderation="until-trusted", trusted_after=needed)

    assert verdict(Facts(proven_approved=approved), limits) == expected


def test_whoever_is_trusted_is_held_by_the_other_rules_all_the_same():
    limits = Limits(moderation="until-trusted", hold_words=("lawsuit",))

    assert verdict(Facts(text="A lawsuit.", proven_approved=9), limits) == ("pending", ["hold-words"])


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("casino", "The CASINO, again"),
        ("casino", "the (casino)"),
        ("casino", "online-casino"),
        ("casino", "buy_casino_now"),
        ("casino", "ca\u200bsino"),  # an invisible character
        ("casino", "ｃａｓｉｎｏ"),  # full width
        ("Casino", "𝐜𝐚𝐬𝐢𝐧𝐨"),  # mathematical bold
        ("straße", "STRASSE"),
        ("café", "Cafe\u0301"),
        ("cheap pills", "Cheap, pills!"),
        ("cheap pills", "CHEAP\n\nPills"),
        ("don't", "Don’t"),
        ("spam.example", "see https://spam.example/x"),
        ("赌博", "我喜欢赌博吗"),
        ("казино", "Лучшее Казино!"),
        ("बिल्ली", "यह बिल्ली है"),
        ("💊", "Buy 💊now"),
        ("a b a c", "a b a b a c"),
    ],
)
def test_a_listed_word_is_found_however_it_is_written(listed, said):
    limits = Limits(moderation="none", hold_words=(listed,))

    assert verdict(Facts(text=said), limits) == ("pending", ["hold-words"])


@pytest.mark.parametrize(
    ("listed", "said"),
    [
        ("ass", "A class of acupuncture"),
        ("casino", "casinos"),
        ("cafe", "café"),
        ("café", "cafe"),
        ("cheap pills", "cheap red pills"),
        ("cheap pills", "pills cheap"),
        ("बिल", "यह बिल्ली है"),  # a mark is part of its word
        ("!!!", "Hello!!!"),
        ("spam.example", "notspam.example"),
        ("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaa!"),  # no pattern, only a word
    ],
)
def test_no_other_word_is_taken_for_a_listed_one(listed, said):
    assert verdict(Facts(text=said), Limits(moderation="none", hold_words=(listed,)))[0] == "approved"


def test_a_phrase_does_not_begin_in_the_name_and_end_in_the_text():
    limits = Limits(moderation="none", spam_words=("cheap pills",))

    assert verdict(Facts(name="Cheap", text="pills"), limits)[0] == "approved"
    assert verdict(Facts(name="Cheap Pills", text="hello"), limits) == ("spam", ["spam-words"])


@pytest.mark.parametrize(
    ("listed", "domain", "found"),
    [
        ("spam.example", "spam.example", True),
        ("spam.example", "mail.SPAM.example.", True),
        ("@spam.example", "spam.example", True),
        ("spam.example", "notspam.example", False),
        ("spam.example", "spam.example.org", False),
        ("casino", "casino.example", True),
        ("casino", "best-casino.example", False),
        ("bücher.example", "xn--bcher-kva.example", True),
        ("xn--bcher-kva.example", "BÜCHER.example", True),
        ("spam.example", "", False),
        (".", "a.example", False),
        ("x" * 100, "x" * 100 + ".example", True),
    ],
)
def test_a_listed_word_stands_between_the_dots_of_the_address_domain(listed, domain, found):
    limits = Limits(moderation="none", spam_words=(listed,))

    assert (verdict(Facts(domain=domain), limits)[0] == "spam") == found


@pytest.mark.parametrize("position", range(len(verdicts.RULES)))
@pytest.mark.parametrize(
    "facts", [Facts(text="private words"), Facts(text="private words", honeypot_filled=True)]
)
def test_a_rule_that_fails_holds_the_comment_and_logs_no_word_of_it(monkeypatch, caplog, position, facts):
    def broken(said, limits):
        raise ValueError(said.facts.text)

    monkeypatch.setattr(
        verdicts, "RULES", (*verdicts.RULES[:position], broken, *verdicts.RULES[position + 1 :])
    )
    caplog.set_level(logging.DEBUG)

    status, reasons = verdict(facts)

    assert status == "pending"
    assert "rule-failed" in reasons
    assert "The rule broken failed: ValueError" in caplog.text
    assert "private" not in caplog.text


def test_every_reason_has_words_for_a_moderator():
    assert all(reason.words for reason in Reason)
    assert verdicts.in_words(["hold-all", "my own reason"]) == ["Every comment is held", "my own reason"]


def test_the_longest_list_and_text_are_compared_in_a_moment():
    """The worst an owner and a reader can do together: 500 lines alike, and a text that begins each."""
    listed = tuple("ab " * 30 + f"x{number}" for number in range(500))
    facts = Facts(text="ab " * 1700)
    verdict(facts, Limits(moderation="none", hold_words=listed))

    begun = time.perf_counter()
    verdict(facts, Limits(moderation="none", hold_words=listed))

    assert time.perf_counter() - begun < 1


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_word_of_a_text_is_always_found_in_it(before, after):
    text = f"{before} needle {after}"

    assert words.stand_in(words.cut(text), ("needle",))
    for word in words.cut(text):
        assert words.stand_in(words.cut(text), (word,))
