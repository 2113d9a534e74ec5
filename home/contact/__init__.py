"""
A message's life, in the order it is lived.

    desks, questions    what an editor decides: to whom a subject goes, what else is asked
    forms               what a visitor may type, and its shape
    states.judge        what is odd about it
    actions.submit      one transaction (intake): the message, its recipients, an outbox row for each
    mail                words the mail when it is sent; Reply-To is the visitor
    copies, copy_mail   a copy for the visitor, once he has confirmed his address
    admin_views         where staff find it; who may read it is MessageQuerySet.visible_to
    message_views       where they decide on it, note, answer, send again: each verb is in actions
    export              messages as a table
    file_kinds, store   files that came along: which are taken, and where they lie
    retention, erasing  what is not kept for ever, and what goes along

A message keeps a snapshot of its page: deleting the page deletes no message.
"""
