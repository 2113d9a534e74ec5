"""
Every change to a comment. One function for each verb; form, desk, API and command all call it.

    actions       submit, report, approve, hold, mark as spam, trash, restore, reply
    authoring     its author edits or withdraws it
    people        ban, note, reveal: what moderators do about a person
    repeats       a comment sent twice is kept once, and answered as the first time
    evidence      what is known before a comment is judged: what it answers, who wrote it
    intake        how a new comment is written
    author_tokens the secret that lets its author come back to it
    changes       how a change of state is written: compare-and-set, with its decision
    erasing       words, name and address removed for good
    submissions   a new comment as a value, before it is a row
"""
