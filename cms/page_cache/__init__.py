"""
What becomes of whole anonymous pages that are kept in memory (``cms.front.kept``) when the site changes.

    keeping     how a view says that its answer may be kept, and what it shows
    watched     which tables show themselves where; every table does that is not named
    triggers    the database itself notes each change of such a table, in the transaction of the change
    changes     what has changed since a process last looked
    models      the notes

A *subject* is what an answer shows: the ``site``, all public ``comments``, or those of one page. A change
notes its subject; each process looks for notes at most twice a second, when a page is asked for, and drops
what shows that subject. A note is written by a trigger, so that no way to write can go past it: a queryset,
SQL, a command, or an older version of the site that still runs. A process that cannot look keeps nothing.

What the clock changes is bounded by time: nothing is kept past midnight, or for longer than ten minutes.
PAGE_CACHE=0 turns all of this off, but for the notes.
"""
