"""
Inviting a colleague: a form, a mail with a link that ends, and an account once its reader has accepted.

    actions       invite, send again, withdraw, accept, purge: one function for each verb
    queries       which invitations are there, which one a link opens, and who may manage it
    letters       the mail, worded when it is delivered; only then is its link drawn
    forms         what an inviter says, and what the invited person does
    names         a username and the two parts of a name, from a name
    lists         the rows of the list: what became of each
    privacy       what is stored about one person
    admin_views   the form and the list, for those who may add users
    mail_views    the page behind the link (`mail_urls`)
    models        the invitation with its sealed address, and digests of its links

An invitation is worth what its inviter may give. Its link works until the invitation is accepted, withdrawn
or sent again, until seven days are over, and as long as its inviter could still invite like this: not after
they are deactivated, deleted or lose a right it gives. Nor does it work once somebody has an account with
this address.

Before it is accepted there is no account: the address is in no table of users. Wagtail's log says who invited
and what for, never whom.
"""
