"""
Posts as JSON, with what readers say of them.

    posts       lists of posts, and the comments of one
    terms       authors, categories and tags that have posts
    cards       a post in a list
"""
