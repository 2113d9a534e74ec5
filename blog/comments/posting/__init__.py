"""
Where readers write.

    forms          what a reader may type, and its shape; whether it is held is decided elsewhere
    views          a page's comments over HTTP: shown, and taken in
    pages          the base class of a page that takes comments, with its routes
    api            the same for programs
    feeds          what was said last on a page, as Atom
    script_words   the words that scripts put into a page
    own_comments   the cookie that lets a reader without an account see and edit what they wrote
"""
