"""
A message's life, in the order it is lived.

    forms           what a visitor may type, and its shape
    actions.submit  one transaction: the message, its recipients, an outbox row for each
    mail            words the mail when it is sent; Reply-To is the visitor
    admin_views     where staff read it
    actions.mark_handled

A message keeps a snapshot of its page: deleting the page deletes no message.
"""
